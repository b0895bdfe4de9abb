import type { Writable } from 'node:stream'
import type { Emit, Happening, HappeningBody } from '../domain/events.js'
import type { OutputFormat } from '../domain/request.js'
import type { Results } from '../domain/results.js'
import { createFileSinks } from './files.js'
import { Live } from './live.js'
import { maskHappening } from './mask-happening.js'
import { createOut, type Out } from './out.js'
import { createPaint } from './paint.js'
import { createPlain } from './plain.js'
import type { Sink } from './sink.js'
import { createSpinner } from './spinner.js'
import { createTap } from './tap.js'

export type ReportOptions = {
  readonly format: OutputFormat
  readonly runId: string
  /** Where `events.ndjson` and `log.txt` go; null: nowhere. */
  readonly runDir: string | null
  readonly mask: (text: string) => string
  readonly stdout: Writable & { readonly columns?: number }
  /** A terminal that can be drawn on: shows the live tree. */
  readonly tty: boolean
  readonly color: boolean
  /** The command that does the same once more. */
  readonly rerun?: string
  readonly now?: () => number
}

export type Report = {
  readonly emit: Emit
  /** Hands every happening, masked, to one more reader, before it is written or shown. */
  readonly observe: (listener: (happening: Happening) => void) => void
  /** Prints the last words, waits at most a second for a slow reader, closes the files. */
  readonly close: (results?: Results) => Promise<void>
}

const FLUSH_MS = 1000

/**
 * Everything a run says goes through here, masked, to the files of its folder, to stdout and to whoever observes.
 * Nothing that goes wrong on the way can break or stall the run: it is warned about once.
 */
export async function createReport(options: ReportOptions): Promise<Report> {
  const { mask, runDir, runId, now = Date.now } = options
  const out = createOut(options.stdout)
  const sinks: Sink[] = []
  const each = guarded(sinks, warn)
  let closed = false
  let observers = 0
  if (runDir !== null) sinks.push(...createFileSinks(runDir, warn))
  sinks.push(await terminalSink(options, out))

  function emit(body: HappeningBody): void {
    if (closed) return
    const at = new Date(now()).toISOString()
    const happening: Happening = { v: 1, at, run: runId, ...maskHappening(body, mask) }
    each(sink => {
      sink.take(happening)
    })
  }

  function warn(text: string): void {
    emit({ type: 'run.warned', text })
  }

  return {
    emit,
    observe: listener => {
      sinks.splice(observers, 0, { take: listener, close: () => undefined })
      observers += 1
    },
    close: async results => {
      each(sink => {
        sink.close(results)
      })
      closed = true
      await out.flush(FLUSH_MS)
    },
  }
}

/** Lets every sink act. One with a bug is named once, and takes neither the others nor the run with it. */
function guarded(sinks: readonly Sink[], warn: (text: string) => void) {
  const broken = new Set<Sink>()
  return (act: (sink: Sink) => void) => {
    for (const sink of sinks) {
      try {
        act(sink)
      } catch (error) {
        if (broken.has(sink)) continue
        broken.add(sink)
        warn(
          `A part of the report failed: ${error instanceof Error ? error.message : String(error)}`,
        )
      }
    }
  }
}

async function terminalSink(options: ReportOptions, out: Out): Promise<Sink> {
  const { format, color, tty, stdout, now = Date.now } = options
  if (format === 'ndjson') return ndjsonSink(out)
  const paint = await createPaint(color && format === 'human')
  const context = { runDir: options.runDir, rerun: options.rerun && options.mask(options.rerun) }
  if (format === 'tap') return createTap({ out, paint, now, context })
  if (!tty) return createPlain({ out, paint, now, context })
  return new Live({ out, paint, now, context, ...(await createSpinner(stdout, color)) })
}

function ndjsonSink(out: Out): Sink {
  return {
    take: happening => {
      out.write(`${JSON.stringify(happening)}\n`)
    },
    close: () => undefined,
  }
}
