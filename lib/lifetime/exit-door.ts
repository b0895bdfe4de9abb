import { setTimeout as sleep } from 'node:timers/promises'
import type { ExitCode } from '../errors.js'

/** How long a reader of our output may take nothing before we leave without it. */
const STUCK_MS = 1_000
/** How long a slow reader may keep us in all. */
const SLOW_MS = 10_000
const LOOK_MS = 20

/** `process.exit` drops what a pipe has not taken yet (all beyond 64 KiB): flush first, bounded, then leave. */
export async function leaveBy(process: NodeJS.Process, code: ExitCode): Promise<never> {
  await Promise.all([flush(process.stdout), flush(process.stderr)])
  return process.exit(code)
}

/** Resolves when all is written, the reader is gone, or it has stopped reading. */
async function flush(stream: NodeJS.WriteStream): Promise<void> {
  let written = false
  stream.write('', () => {
    written = true
  })
  const startedAt = performance.now()
  let left = stream.writableLength
  let progressAt = startedAt
  // The write's callback comes in this turn of the loop when nothing is buffered.
  await new Promise(setImmediate)
  while (!isOver(stream, written)) {
    await sleep(LOOK_MS)
    const now = performance.now()
    if (stream.writableLength < left) progressAt = now
    left = stream.writableLength
    if (now - progressAt > STUCK_MS || now - startedAt > SLOW_MS) return
  }
}

function isOver(stream: NodeJS.WriteStream, written: boolean): boolean {
  return written || stream.destroyed
}
