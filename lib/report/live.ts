import type { Ora } from 'ora'
import type { Happening } from '../domain/events.js'
import type { Results } from '../domain/results.js'
import { layOut } from './layout.js'
import { line, type Line } from './line.js'
import type { Out } from './out.js'
import type { Paint } from './paint.js'
import type { Sink } from './sink.js'
import { summary, type SummaryContext } from './summary.js'
import { tell } from './tell.js'
import { createWaits, type Waits } from './waits.js'
import { duration } from './wording.js'

export type LiveOptions = {
  readonly out: Out
  readonly paint: Paint
  readonly now: () => number
  readonly context: SummaryContext
  /** Turns below everything that was printed; its text is what goes on right now. */
  readonly spinner: Pick<Ora, 'start' | 'stop' | 'clear' | 'render' | 'text'>
  /** The terminal's width, asked anew each time. */
  readonly columns: () => number
}

const REFRESH_MS = 250
/** The live part stays small, so that it fits every terminal. */
const MOST_LIVE_LINES = 6
const MOST_LINES = 20
/** What is printed for good may wrap; what is drawn again and again may not. */
const PRINTED_WIDTH = 500

type OpenTier = { readonly tier: string; readonly sinceMs: number; readonly lines: Line[] }

/**
 * A tree that grows: what is settled is printed for good, a tier with its checks below it; under it turns what goes on:
 * the tier, its checks so far, what is being waited for, what comes next.
 */
export class Live implements Sink {
  readonly #options: LiveOptions
  readonly #waits: Waits
  readonly #startedAtMs: number
  readonly #timer: NodeJS.Timeout
  #open: OpenTier | undefined
  #phase = 'starting'
  #next: readonly string[] = []

  constructor(options: LiveOptions) {
    this.#options = options
    this.#waits = createWaits(options.now)
    this.#startedAtMs = options.now()
    options.spinner.start()
    this.#timer = setInterval(() => {
      this.#refresh()
    }, REFRESH_MS).unref()
  }

  take(happening: Happening): void {
    this.#waits.take(happening)
    this.#note(happening)
    const { lines, loud } = tell(happening)
    if (happening.type === 'tier.finished') this.#settle(lines)
    else if (loud && happening.type !== 'tier.started') this.#keepOrPrint(lines)
    this.#refresh()
  }

  close(results: Results | undefined): void {
    clearInterval(this.#timer)
    if (this.#open !== undefined) this.#settle([line('odd', `${this.#open.tier} cut short`)])
    this.#options.spinner.stop()
    if (results === undefined) return
    const { out, paint, context } = this.#options
    out.write(`${summary(results, { ...context, paint }).join('\n')}\n`)
  }

  #note(happening: Happening): void {
    if (happening.type === 'plan.resolved')
      this.#next = happening.tiers.filter(tier => happening.skips[tier] === undefined)
    if (happening.type === 'phase.started') this.#phase = happening.phase
    if (happening.type !== 'tier.started') return
    this.#open = { tier: happening.tier, sinceMs: this.#options.now(), lines: [] }
    this.#next = this.#next.filter(tier => tier !== happening.tier)
  }

  /** A tier's end first, then what was checked in it. */
  #settle(conclusion: readonly Line[]): void {
    const lines = this.#open?.lines ?? []
    this.#open = undefined
    this.#print([...conclusion, ...lines])
  }

  #keepOrPrint(lines: readonly Line[]): void {
    if (this.#open === undefined) this.#print(lines)
    else
      this.#open.lines.push(
        ...lines.map(one => (one.depth === 0 ? { ...one, depth: 1 as const } : one)),
      )
  }

  #print(lines: readonly Line[]): void {
    const { spinner, out } = this.#options
    spinner.clear()
    this.#refresh() // it is drawn again below what is written, and should not show what has just been settled
    out.write(`${lines.flatMap(one => this.#texts(one, MOST_LINES, PRINTED_WIDTH)).join('\n')}\n`)
    spinner.render()
  }

  #texts(one: Line, most: number, width: number): readonly string[] {
    return layOut(one, { paint: this.#options.paint, most, width: Math.max(40, width) })
  }

  #refresh(): void {
    const since = this.#open?.sinceMs ?? this.#startedAtMs
    const name = this.#open?.tier ?? this.#phase
    const head = `${name}  ${duration(this.#options.now() - since)}`
    const below = this.#liveLines().flatMap(one => this.#texts(one, 1, this.#options.columns() - 4))
    this.#options.spinner.text = [head, ...below].join('\n')
  }

  /** What goes on right now, below the spinner's first line. */
  #liveLines(): readonly Line[] {
    const wait = this.#waits.current()
    const seen = this.#waits.seen()
    const lines = [...(this.#open?.lines.slice(-MOST_LIVE_LINES) ?? [])]
    if (wait !== undefined) {
      const waited = duration(this.#options.now() - wait.sinceMs)
      lines.push(line('wait', `waiting for ${wait.for}, ${waited}`, 1))
    }
    if (seen !== undefined) lines.push(line('info', seen, 2))
    if (this.#next.length > 0) lines.push(line('info', `then ${this.#next.join(', ')}`))
    return lines
  }
}
