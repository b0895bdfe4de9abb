import type { Writable } from 'node:stream'

/** A stream that may vanish, get stuck or fill up without the run noticing. */
export type Out = {
  readonly write: (text: string) => void
  /** Waits until all is taken, or until the time is up. */
  readonly flush: (withinMs: number) => Promise<void>
}

/** What a reader that stands still is allowed to leave in our memory. */
const MOST_UNREAD_BYTES = 4 * 1024 * 1024

export function createOut(stream: Writable): Out {
  let gone = false
  let missed = 0
  stream.on('error', () => (gone = true)) // a closed pipe or a full disk behind it: nobody is left to tell
  dontBlock(stream)
  return {
    write: text => {
      if (gone || stream.destroyed) return
      if (stream.writableLength > MOST_UNREAD_BYTES) {
        missed += 1
        return
      }
      if (missed > 0) stream.write(`[${missed} writes were not shown: nobody read them]\n`)
      missed = 0
      stream.write(text)
    },
    flush: withinMs => (gone || stream.destroyed ? Promise.resolve() : drained(stream, withinMs)),
  }
}

/**
 * Node writes to a terminal with blocking calls: one stopped by Ctrl-S or a dead connection would stop the whole run,
 * deadline included. With the handle set to not block, what is not taken waits in memory.
 */
function dontBlock(stream: Writable): void {
  const { _handle: handle } = stream as {
    _handle?: { setBlocking?: (blocking: boolean) => number }
  }
  handle?.setBlocking?.(false)
}

function drained(stream: Writable, withinMs: number): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(resolve, withinMs)
    stream.write('', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
