/** What a process in a container wrote, told apart. */
export type Streams = {
  readonly stdout: Buffer
  readonly stderr: Buffer
  readonly truncated: boolean
}

const HEADER_BYTES = 8
const STDERR = 2

/**
 * Takes the Engine's multiplexed stream apart: each frame has a header of eight bytes, the first tells the stream,
 * the last four the size. Keeps at most `maxBytes` of each stream, its end.
 */
export function createDemultiplexer(maxBytes: number): {
  readonly push: (chunk: Buffer) => void
  readonly streams: () => Streams
} {
  const out = createTail(maxBytes)
  const err = createTail(maxBytes)
  let rest: Buffer = Buffer.alloc(0)
  return {
    push: chunk => {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
      for (;;) {
        if (rest.length < HEADER_BYTES) return
        const end = HEADER_BYTES + rest.readUInt32BE(4)
        if (rest.length < end) return
        const tail = rest[0] === STDERR ? err : out
        tail.push(rest.subarray(HEADER_BYTES, end))
        rest = rest.subarray(end)
      }
    },
    streams: () => ({
      stdout: out.bytes(),
      stderr: err.bytes(),
      truncated: out.truncated() || err.truncated(),
    }),
  }
}

/** Keeps the last `maxBytes` of what is pushed. */
function createTail(maxBytes: number) {
  let kept: Buffer = Buffer.alloc(0)
  let cut = false
  return {
    push: (chunk: Buffer) => {
      kept = Buffer.concat([kept, chunk])
      if (kept.length > maxBytes) {
        cut = true
        kept = Buffer.from(kept.subarray(kept.length - maxBytes))
      }
    },
    bytes: () => kept,
    truncated: () => cut,
  }
}
