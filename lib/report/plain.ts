import { layOut } from './layout.js'
import { line, type Line } from './line.js'
import type { Out } from './out.js'
import type { Paint } from './paint.js'
import type { Sink } from './sink.js'
import { summary, type SummaryContext } from './summary.js'
import { tell } from './tell.js'
import { createWaits } from './waits.js'
import { duration } from './wording.js'

export type PlainOptions = {
  readonly out: Out
  readonly paint: Paint
  readonly now: () => number
  readonly context: SummaryContext
  /** In front of every line, such as `# ` where the lines are comments. */
  readonly prefix?: string
}

const WIDTH = 500
const MOST_LINES = 20
/** A wait is worth a line once it has lasted this long, and again every minute. */
const FIRST_WORD_MS = 15_000
const NEXT_WORD_MS = 60_000
const LOOK_MS = 5_000

/** Plain lines, one for each thing that changes what a person believes. */
export function createPlain(options: PlainOptions): Sink {
  const { out, now, context, prefix = '' } = options
  const startedAtMs = now()
  const write = (text: string) => {
    out.write(`${prefix}${text}\n`)
  }
  const say = (one: Line) => {
    const elapsed = `${((now() - startedAtMs) / 1000).toFixed(1)}s`.padStart(8)
    for (const text of layOut(one, { paint: options.paint, most: MOST_LINES, width: WIDTH }))
      write(`${elapsed}  ${text}`)
  }
  const stillWaiting = createReminder(now, say)
  return {
    take: happening => {
      stillWaiting.waits.take(happening)
      const { lines, loud } = tell(happening)
      if (loud) lines.forEach(say)
    },
    close: results => {
      stillWaiting.stop()
      if (results !== undefined && prefix === '')
        summary(results, { ...context, paint: options.paint }).forEach(write)
    },
  }
}

/** Says now and then that a long wait goes on, so that silence never looks like death. */
function createReminder(now: () => number, say: (one: Line) => void) {
  const waits = createWaits(now)
  let saidAtMs = 0
  const look = () => {
    const wait = waits.current()
    if (wait === undefined) return
    const waitedMs = now() - wait.sinceMs
    if (waitedMs < FIRST_WORD_MS || now() - Math.max(saidAtMs, wait.sinceMs) < FIRST_WORD_MS) return
    if (saidAtMs > wait.sinceMs && now() - saidAtMs < NEXT_WORD_MS) return
    saidAtMs = now()
    const seen = waits.seen()
    const what = `still waiting for ${wait.for} after ${duration(waitedMs)}`
    say(line('wait', seen === undefined ? what : `${what}; ${seen}`, 1))
  }
  const timer = setInterval(look, LOOK_MS).unref()
  return {
    waits,
    stop: () => {
      clearInterval(timer)
    },
  }
}
