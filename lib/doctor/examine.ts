import type { Finding, Observation } from '../domain/finding.js'
import { Fault, THEN_DOCTOR } from '../errors.js'
import { fail, NotLookedAt, warn } from './look.js'
import { timeLimit } from '../lifetime/time-limit.js'

/** One thing to look at. */
export type Check<Bench> = {
  /** Stable, listed in docs/operating.md. */
  readonly id: string
  /** What it looks at, for the docs. */
  readonly about: string
  /** Default ten seconds. */
  readonly deadlineMs?: number
  readonly look: (bench: Bench, signal: AbortSignal) => Observation | Promise<Observation>
}

const DEADLINE_MS = 10_000

/**
 * Looks at everything at once, each thing within its own time. A check that throws or takes too long has failed with
 * that as the reason; it never takes the others with it. Resolves in the order of the checks.
 */
export function examine<Bench>(
  checks: readonly Check<Bench>[],
  bench: Bench,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  return Promise.all(checks.map(check => findingOf(check, bench, signal)))
}

async function findingOf<Bench>(
  { id, look, deadlineMs = DEADLINE_MS }: Check<Bench>,
  bench: Bench,
  ending: AbortSignal,
): Promise<Finding> {
  const started = performance.now()
  using limit = timeLimit(deadlineMs, ending)
  const { signal } = limit
  const observation = await Promise.race([
    called(() => look(bench, signal)),
    whenAborted(signal),
  ]).catch((thrown: unknown) =>
    limit.expired()
      ? fail(`no answer within ${deadlineMs / 1000} s`, 'Find out what hangs, then ask again')
      : observationOf(thrown),
  )
  return { id, ...observation, ms: Math.round(performance.now() - started) }
}

/** Also what a check throws before its first wait is a rejection. */
async function called(look: () => Observation | Promise<Observation>): Promise<Observation> {
  return await look()
}

function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = () => {
      reject(signal.reason instanceof Error ? signal.reason : new Error('ended early'))
    }
    if (signal.aborted) end()
    else signal.addEventListener('abort', end, { once: true })
  })
}

function observationOf(thrown: unknown): Observation {
  if (thrown instanceof NotLookedAt)
    return warn(thrown.message, `Mend "${thrown.because}" first, then ask again`)
  if (thrown instanceof Fault)
    return fail(thrown.message, thrown.hint.replace(THEN_DOCTOR, ', then ask again'))
  const why = thrown instanceof Error ? thrown.message : String(thrown)
  return fail(`could not be looked at: ${why}`, 'Mend what the message names, then ask again')
}
