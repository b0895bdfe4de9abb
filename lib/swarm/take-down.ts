import { setTimeout as sleep } from 'node:timers/promises'
import type { Removed } from '../domain/crash-points.js'
import type { Emit } from '../domain/events.js'
import { abraPart, type AbraCall } from './abra-part.js'
import { belongings, provenLeft, type Item, type Whose } from './census.js'
import type { CallOptions } from './engine.js'
import { clear, keyOf } from './removal.js'
import {
  listStep,
  removeEnvFiles,
  removeItem,
  STEPS_TO_DATA,
  STEPS_TO_NETWORKS,
  type Step,
} from './take-down-steps.js'

export type TakeDownOptions = Whose & {
  readonly emit: Emit
  /** Why the app goes, for the record. */
  readonly why: string
  /** All of it, ms. */
  readonly budgetMs: number
  /** Ends it early; what is left then is left. */
  readonly signal?: AbortSignal
  /** abra's own removals, best effort; only tried while the app has an env file. */
  readonly abra?: readonly AbraCall[]
  /** Called after the removal of one thing of a kind. */
  readonly removed?: ((what: Removed) => void) | undefined
}

type Leftover = Item & { readonly why: string }

export type TakeDownResult = {
  /** The census was empty, twice. */
  readonly clean: boolean
  readonly left: readonly Leftover[]
  readonly ms: number
  /** Why the census could not be taken; then nothing is known to be left, and nothing known to be gone. */
  readonly error: string | null
}

/** A removal asked of the Engine may take as long as killing a container does; no call outlives the budget by much. */
const LONGEST_CALL_MS = 20_000
const SHORTEST_CALL_MS = 1_000
/** An Engine that does not answer may be restarting; one that is away for longer than this is left to the next sweep. */
const ENGINE_BACK_MS = 60_000
const ENGINE_ASK_MS = 500
/** Share of the remaining budget that one step may use, so that the later ones have theirs. */
const SHARE = 0.6

/**
 * Removes everything that belongs to a domain, whatever state it is in, and proves that it is gone. Needs neither env
 * file nor recipe nor abra. Touches nothing that the census of the domain does not name. Never throws: a failing step
 * is told and the next one follows; only the census decides. Safe to repeat. When something of the domain appears
 * after its step, it starts over, until nothing changes any more or the budget is used up.
 */
export async function takeDown(options: TakeDownOptions): Promise<TakeDownResult> {
  const { emit, domain } = options
  const started = performance.now()
  emit({ type: 'teardown.started', domain, why: options.why })
  const teardown = new TakeDown(options, started + options.budgetMs)
  const { left, error } = await teardown.run()
  const clean = left.length === 0 && error === null
  if (error !== null) {
    emit({ type: 'teardown.step', domain, step: 'census', ms: 0, detail: `failed: ${error}` })
  }
  for (const { kind, name, why } of left) {
    emit({ type: 'teardown.leftover', domain, kind, name, why })
  }
  const ms = Math.round(performance.now() - started)
  emit({ type: 'teardown.done', domain, clean, ms })
  return { clean, left, ms, error }
}

type Counted = { readonly left: readonly Leftover[]; readonly error: string | null }

class TakeDown {
  readonly #options: TakeDownOptions
  readonly #until: number
  readonly #why = new Map<string, string>()

  constructor(options: TakeDownOptions, until: number) {
    this.#options = options
    this.#until = until
  }

  async run(): Promise<Counted> {
    await this.#round(this.#options.abra ?? [])
    for (let before = ''; ;) {
      const counted = await this.#counted()
      const now = counted.left.map(keyOf).sort().join()
      const stop = now === '' || now === before || performance.now() > this.#until
      if (counted.error !== null || stop || this.#options.signal?.aborted === true) return counted
      before = now
      await this.#round([])
    }
  }

  async #round(calls: readonly AbraCall[]): Promise<void> {
    // The Engine takes most of a teardown to end containers: what abra may do meanwhile costs nothing.
    for (const step of STEPS_TO_NETWORKS) {
      const beside = calls.filter(call => step.kinds.some(kind => kind === call.beside))
      await Promise.all([this.#clear(step), this.#askAbra(`abra beside ${step.name}`, beside)])
    }
    await this.#askAbra(
      'abra',
      calls.filter(call => call.beside === undefined),
    )
    for (const step of STEPS_TO_DATA) await this.#clear(step)
    await this.#told('env file', async () => {
      const count = await removeEnvFiles(this.#options)
      if (count > 0) this.#options.removed?.('env')
      return said(count)
    })
  }

  async #clear(step: Step): Promise<void> {
    await this.#told(step.name, async () => {
      const { engine, signal } = this.#options
      const { left, asked, why } = await clear({
        list: () => listStep(this.#options, step, this.#call()),
        remove: async item => {
          await removeItem(engine, item, this.#call())
          if (item.kind !== 'task') this.#options.removed?.(item.kind)
        },
        first: step.first,
        limitMs: Math.min(step.limitMs, (this.#until - performance.now()) * SHARE),
        signal,
      })
      for (const [key, reason] of why) this.#why.set(key, reason)
      return said(asked) + (left.length === 0 ? '' : `, ${left.length} still there`)
    })
  }

  async #askAbra(step: string, calls: readonly AbraCall[]): Promise<void> {
    if (calls.length === 0) return
    await this.#told(step, async () => {
      const kinds = calls.flatMap(({ takes }) => takes ?? [])
      const items = kinds.length === 0 ? [] : await belongings(this.#options, kinds, this.#call())
      const idle = ({ takes }: AbraCall) =>
        takes !== undefined && !items.some(({ kind }) => kind === takes)
      const said = await abraPart(
        calls.filter(call => !idle(call)),
        this.#options,
      )
      return [...calls.filter(idle).map(({ name }) => `${name}: nothing there`), said]
        .filter(text => text !== '')
        .join('; ')
    })
  }

  /** Runs one step and tells what came of it, also when it failed: the next one follows all the same. */
  async #told(step: string, body: () => Promise<string>): Promise<void> {
    const { emit, domain } = this.#options
    const started = performance.now()
    let detail: string
    try {
      detail = await body()
    } catch (error) {
      detail = `failed: ${String(error)}`
    }
    const ms = Math.round(performance.now() - started)
    if (detail !== '') emit({ type: 'teardown.step', domain, step, ms, detail })
  }

  #call(): CallOptions {
    const timeLeftMs = Math.max(this.#until - performance.now(), SHORTEST_CALL_MS)
    return { deadlineMs: Math.min(timeLeftMs, LONGEST_CALL_MS), signal: this.#options.signal }
  }

  /** The census, also of an Engine that is back only after a while: until then nothing can be removed. */
  async #counted(): Promise<Counted> {
    const untilMs = Math.min(performance.now() + ENGINE_BACK_MS, this.#until)
    for (;;) {
      const counted = await this.#count()
      const over = performance.now() > untilMs || this.#options.signal?.aborted === true
      if (counted.error === null || over) return counted
      await sleep(ENGINE_ASK_MS)
    }
  }

  async #count(): Promise<Counted> {
    try {
      const left = await provenLeft(this.#options, this.#call())
      return {
        left: left.map(item => ({ ...item, why: this.#why.get(keyOf(item)) ?? '' })),
        error: null,
      }
    } catch (error) {
      return { left: [], error: String(error) }
    }
  }
}

/** Empty when there was nothing to do: then there is nothing to tell. */
function said(count: number): string {
  return count === 0 ? '' : `${count} removed`
}
