import type { IncomingMessage } from 'node:http'

/** Something the Engine says has happened. */
export type EngineEvent = {
  readonly type: string
  /** `die`, `start`, `health_status: healthy`, `update` … */
  readonly action: string
  readonly id: string
  readonly attributes: Readonly<Record<string, string>>
  /** Milliseconds since the epoch, by the Engine's clock. */
  readonly atMs: number
}

/** An open subscription. The iteration ends when the stream is cut, by the Engine or by `close`; it never throws. */
export type EventStream = AsyncIterable<EngineEvent> & { close(): void }

/** Reads an open answer of `/events` as lines of JSON. A line that cannot be read is passed over. */
export function readEvents(response: IncomingMessage): EventStream {
  response.on('error', () => undefined) // the cut ends the iteration; the poll is the net
  return {
    close: () => {
      response.destroy()
    },
    [Symbol.asyncIterator]: () => eventsOf(response),
  }
}

async function* eventsOf(response: IncomingMessage): AsyncGenerator<EngineEvent> {
  try {
    for await (const line of linesOf(response)) {
      const event = parseEvent(line)
      if (event !== undefined) yield event
    }
  } catch {
    // the connection was cut
  }
}

async function* linesOf(response: IncomingMessage): AsyncGenerator<string> {
  let rest = ''
  response.setEncoding('utf8')
  for await (const chunk of response as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
}

type RawEvent = {
  readonly Type?: string
  readonly Action?: string
  readonly Actor?: { readonly ID?: string; readonly Attributes?: Record<string, string> }
  readonly timeNano?: number
}

function parseEvent(line: string): EngineEvent | undefined {
  if (line.trim() === '') return undefined
  try {
    const { Type: type = '', Action: action = '', ...raw } = JSON.parse(line) as RawEvent
    const { ID: id = '', Attributes: attributes = {} } = raw.Actor ?? {}
    return { type, action, id, attributes, atMs: (raw.timeNano ?? 0) / 1e6 }
  } catch {
    return undefined
  }
}
