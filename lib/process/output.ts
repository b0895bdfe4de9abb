import { open, type FileHandle } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'

/** Bytes of a stream's start that are remembered: enough to tell what kind of text it is. */
const BEGINNING = 4_096

/** The end of a stream, as much as fits. */
export class Tail {
  readonly #maxBytes: number
  readonly #chunks: Buffer[] = []
  #bytes = 0
  #beginning: string | undefined
  truncated = false

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  add(chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#bytes += chunk.length
    for (let over = this.#bytes - this.#maxBytes; over > 0; over = this.#bytes - this.#maxBytes) {
      this.truncated = true
      this.#beginning ??= this.#start()
      const first = this.#chunks.shift()
      if (first === undefined) return
      this.#bytes -= first.length
      if (first.length > over) this.#keep(first.subarray(over))
    }
  }

  /** How the stream began, also when that is no longer in what is kept. */
  beginning(): string {
    return this.#beginning ?? this.#start()
  }

  #start(): string {
    return Buffer.concat(this.#chunks, Math.min(this.#bytes, BEGINNING)).toString('utf8')
  }

  #keep(rest: Buffer): void {
    this.#chunks.unshift(rest)
    this.#bytes += rest.length
  }

  text(): string {
    return Buffer.concat(this.#chunks).toString('utf8')
  }
}

/** A line this long is written in parts; a secret is taken to be shorter than what is held back. */
const LONG_LINE = 65_536
const HELD_BACK = 8_192

/**
 * A file of masked text, appended to line by line, so that no secret is cut in two before it is masked. The disk may
 * be full or the folder gone: then the log ends, the call does not.
 */
export class MaskedLog {
  readonly #file: FileHandle | undefined
  readonly #mask: (text: string) => string
  #queue: Promise<void> = Promise.resolve()
  /** Why nothing more is written, once that is so. */
  failure: string | undefined

  private constructor(file: FileHandle | undefined, mask: (text: string) => string) {
    this.#file = file
    this.#mask = mask
  }

  static async open(path: string | undefined, mask: (text: string) => string): Promise<MaskedLog> {
    if (path === undefined) return new MaskedLog(undefined, mask)
    try {
      return new MaskedLog(await open(path, 'a', 0o600), mask)
    } catch (error) {
      const log = new MaskedLog(undefined, mask)
      log.failure = `Cannot write "${path}": ${messageOf(error)}`
      return log
    }
  }

  /** Whole lines, or the last of a stream. */
  async write(text: string): Promise<void> {
    const file = this.#file
    if (file === undefined || text === '') return
    this.#queue = this.#queue.then(async () => {
      if (this.failure !== undefined) return
      await file.appendFile(this.#mask(text)).catch((error: unknown) => {
        this.failure = `Cannot write the log of a child: ${messageOf(error)}`
      })
    })
    await this.#queue
  }

  /** Reads a stream to its end, line by line. */
  lines(): LineCutter {
    return new LineCutter(this, this.#mask)
  }

  async close(): Promise<void> {
    await this.#queue
    await this.#file?.close().catch(() => undefined)
  }
}

/** Cuts one stream into lines for a log that several streams share. */
class LineCutter {
  readonly #log: MaskedLog
  readonly #mask: (text: string) => string
  readonly #decoder = new StringDecoder('utf8')
  #pending = ''

  constructor(log: MaskedLog, mask: (text: string) => string) {
    this.#log = log
    this.#mask = mask
  }

  async add(chunk: Buffer): Promise<void> {
    this.#pending += this.#decoder.write(chunk)
    const end = this.#pending.lastIndexOf('\n') + 1
    const whole = this.#pending.slice(0, end)
    this.#pending = this.#pending.slice(end)
    await this.#log.write(whole)
    if (this.#pending.length > LONG_LINE) await this.#writeStart()
  }

  async #writeStart(): Promise<void> {
    const masked = this.#mask(this.#pending)
    this.#pending = masked.slice(-HELD_BACK)
    await this.#log.write(masked.slice(0, -HELD_BACK))
  }

  async end(): Promise<void> {
    const rest = this.#pending + this.#decoder.end()
    this.#pending = ''
    await this.#log.write(rest === '' ? '' : `${rest}\n`)
  }
}

/** Reads `stream` until it ends or is destroyed. A log given here gets everything as it comes. */
export async function drain(
  stream: Readable,
  tail: Tail,
  log: MaskedLog | undefined,
): Promise<void> {
  const lines = log?.lines()
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      tail.add(chunk)
      await lines?.add(chunk)
    }
  } catch {
    // Destroyed because something unkillable held it: what was read so far counts.
  }
  await lines?.end()
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
