import type { Cause } from '../domain/cause.js'
import type { Diagnosis } from '../domain/diagnosis.js'
import type { Emit } from '../domain/events.js'
import type { Waiting } from './convergence.js'
import { decide, type Verdict } from './convergence-verdict.js'
import { beginHistory, type History, type Observation } from './convergence-history.js'
import { diagnose } from './diagnosis.js'
import type { Doom } from './doom.js'
import { bestGuess, findDoom } from './doomed.js'
import { hasOutlived, runsNow, type Recovery } from './doomed-recovered.js'
import { causeOf } from './doomed-cause.js'
import type { Engine } from './engine.js'
import { openEventFeed } from './event-feed.js'
import { findingsOf, type Sources } from './findings.js'
import { createObserver, type Observer } from './observer.js'
import { readStackFacts, type ServiceFacts } from './stack.js'

/** How an op ended for the stack. */
type Settled =
  | {
      readonly state: 'converged'
      readonly services: readonly ServiceFacts[]
      /** From the call of `settled`, milliseconds. */
      readonly ms: number
    }
  | Failure

type Failure = {
  readonly state: 'failed'
  readonly cause: Cause
  readonly services: readonly ServiceFacts[]
  readonly diagnosis: Diagnosis
  readonly ms: number
}

/** Eyes on one stack, opened before an op so that nothing of it is missed. */
export type StackWatch = AsyncDisposable & {
  /** The services before the op. */
  readonly before: readonly ServiceFacts[]
  /**
   * Call it when the op has returned: waits until the stack has converged, is doomed, or the deadline is over.
   * Rejects with the reason of an aborted signal; throws EngineFault when the Engine stops answering.
   */
  settled(options: SettleOptions): Promise<Settled>
  /**
   * After convergence, beside a wait for the app itself: resolves with a failure as soon as the stack turns out to be
   * doomed after all; undefined once `signal` is aborted.
   */
  doomed(signal: AbortSignal): Promise<Failure | undefined>
  /** Tells what every service shows, for a stack that is whole while its app is not. Never throws. */
  tellAll(): Promise<void>
}

type SettleOptions = {
  readonly deadlineMs: number
  /** `none`: the stack had converged, and is asked whether it has stayed so. */
  readonly op: 'install' | 'upgrade' | 'restore' | 'none'
  /** Names (without the stack's prefix) of the services that must exist. */
  readonly expected?: readonly string[]
  /** Whether the services are those that the op was to bring: a command may return before the Engine has them. */
  readonly arrived?: (services: readonly ServiceFacts[]) => boolean
}

export type WatchOptions = Pick<Sources, 'fullDisk'> & {
  readonly signal: AbortSignal
  readonly emit: Emit
  /** Sees each look at the stack; for recording. */
  readonly trace?: (observation: Observation) => void
  /** Called at each event of the stack. */
  readonly stirred?: (() => void) | undefined
}

/** The poll is the net below the events: its steps grow from the first to the last value while nothing happens. */
const FIRST_STEP_MS = 50
const LAST_STEP_MS = 1_500
const TIMED_STEP_MS = 200

/** What has not arrived within this time after the command's end is not on its way; what is there is then judged. */
const ARRIVAL_MS = 15_000
const ON_ITS_WAY: readonly Waiting[] = [
  { service: '*', why: 'what was deployed has not reached the stack' },
]

/** Resolves once the Engine's events are subscribed and the stack has been read. Throws EngineFault. */
export async function watchStack(
  engine: Engine,
  stack: string,
  options: WatchOptions,
): Promise<StackWatch> {
  const stop = new AbortController()
  const cancel = () => {
    stop.abort(options.signal.reason)
  }
  if (options.signal.aborted) cancel()
  options.signal.addEventListener('abort', cancel, { once: true })
  const { stirred } = options
  const feed = await openEventFeed(engine, stack, { signal: stop.signal, stirred })
  const before = await readStackFacts(engine, stack, { signal: stop.signal })
  const observer = createObserver({ engine, stack, feed, ...options }, beginHistory(before))
  const { emit, fullDisk } = options
  const place: Place = { engine, observer, emit, fullDisk }
  return {
    before: before.services,
    settled: settle => settled(place, settle),
    doomed: signal => doomed(place, signal),
    tellAll: () => tellAll(place),
    [Symbol.asyncDispose]: () => {
      options.signal.removeEventListener('abort', cancel)
      stop.abort(new Error('the watch is over'))
      return Promise.resolve()
    },
  }
}

function recovery(op: SettleOptions['op']): Recovery {
  return op === 'none' ? hasOutlived : runsNow
}

type Place = Sources & { readonly observer: Observer; readonly emit: Emit }

async function settled(place: Place, options: SettleOptions): Promise<Settled> {
  const { observer } = place
  const { deadlineMs, expected, op, arrived = () => true } = options
  const started = performance.now()
  const spent = () => Math.round(performance.now() - started)
  observer.opHasEnded(expected ?? [])
  let step = FIRST_STEP_MS
  for (;;) {
    const history = await observer.look()
    const found = decide(history, recovery(op))
    const verdict = spent() < ARRIVAL_MS ? onceArrived(found, history, arrived) : found
    if (verdict.kind === 'converged') {
      return { state: 'converged', services: history.now.services, ms: spent() }
    }
    if (verdict.kind === 'doomed') {
      observer.tellDoom(verdict.doom)
      return await failure(place, history, { doom: verdict.doom, ms: spent() })
    }
    const waiting = verdict.for
    observer.tell(waiting)
    const left = deadlineMs - spent()
    if (left <= 0) return await overdue(place, history, { waiting, deadlineMs, ms: spent() })
    const limit = waiting.every(each => each.timed === true) ? TIMED_STEP_MS : LAST_STEP_MS
    const rang = await observer.wait(Math.min(step, limit, left))
    step = rang ? FIRST_STEP_MS : Math.min(step * 1.5, LAST_STEP_MS)
  }
}

function onceArrived(
  verdict: Verdict,
  history: History,
  arrived: Required<SettleOptions>['arrived'],
): Verdict {
  if (verdict.kind !== 'converged' || arrived(history.now.services)) return verdict
  return { kind: 'waiting', for: ON_ITS_WAY }
}

async function doomed(place: Place, signal: AbortSignal): Promise<Failure | undefined> {
  const { observer } = place
  const started = performance.now()
  const isOver = () => signal.aborted
  while (!isOver()) {
    await observer.wait(LAST_STEP_MS, signal)
    const history = isOver() ? undefined : await observer.look()
    const doom = history === undefined ? undefined : findDoom(history, hasOutlived)
    if (history === undefined || doom === undefined) continue
    observer.tellDoom(doom)
    return await failure(place, history, { doom, ms: Math.round(performance.now() - started) })
  }
  return undefined
}

async function failure(
  place: Place,
  history: History,
  { doom, ms }: { doom: Doom; ms: number },
): Promise<Failure> {
  const diagnosis = await told(place, history)
  const cause = causeOf(doom, await findingsOf(place, doom, diagnosis))
  return { state: 'failed', cause, services: history.now.services, diagnosis, ms }
}

/** The deadline has passed: the likeliest cause, else what is still waited for. */
async function overdue(
  place: Place,
  history: History,
  { waiting, deadlineMs, ms }: { waiting: readonly Waiting[]; deadlineMs: number; ms: number },
): Promise<Failure> {
  const doom = bestGuess(history)
  if (doom !== undefined) return await failure(place, history, { doom, ms })
  const [first] = waiting
  const what = waiting.map(each => `${each.service}: ${each.why}`).join(', ')
  const cause: Cause = {
    class: 'not_converged',
    sentence: `Service "${first?.service ?? ''}" did not converge within ${Math.round(deadlineMs / 1000)} s: ${first?.why ?? ''}`,
    evidence: what,
    fix: 'If the app is merely slow, raise DEPLOY_TIMEOUT in its recipe-ci.yml; else read its last lines in the record',
  }
  const diagnosis = await told(place, history)
  return { state: 'failed', cause, services: history.now.services, diagnosis, ms }
}

async function told({ engine, observer, emit }: Place, history: History): Promise<Diagnosis> {
  const diagnosis = await diagnose(engine, history, { events: observer.events() })
  emit({ type: 'diagnosis.made', diagnosis })
  return diagnosis
}

async function tellAll({ engine, observer, emit }: Place): Promise<void> {
  try {
    const history = await observer.look()
    const asked = { events: observer.events(), everything: true }
    emit({ type: 'diagnosis.made', diagnosis: await diagnose(engine, history, asked) })
  } catch (error) {
    emit({ type: 'run.noted', text: `Cannot look at the services of the app: ${String(error)}` })
  }
}
