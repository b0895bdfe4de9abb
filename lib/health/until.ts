import { setTimeout as sleep } from 'node:timers/promises'

/** How a poll goes on: steps grow from the first to the last value. */
export type Pace = {
  readonly firstMs: number
  readonly lastMs: number
  readonly deadlineMs: number
  readonly signal: AbortSignal
}

/** What an attempt gets in any case: one cut short by the deadline would tell nothing. */
const LEAST_MS = 500

/**
 * Tries until one attempt is good or the deadline has passed; resolves with the last attempt. At least one attempt is
 * made. Rejects with the reason of an aborted signal.
 */
export async function until<T>(
  attempt: (leftMs: number) => Promise<T>,
  isGood: (found: T) => boolean,
  pace: Pace,
): Promise<T> {
  const started = performance.now()
  const left = () => pace.deadlineMs - (performance.now() - started)
  let step = pace.firstMs
  for (;;) {
    pace.signal.throwIfAborted()
    const found = await attempt(Math.max(LEAST_MS, left()))
    pace.signal.throwIfAborted()
    if (isGood(found) || left() <= 0) return found
    await sleep(Math.max(1, Math.min(step, left())), undefined, { signal: pace.signal }).catch(
      () => undefined, // the next turn says why
    )
    step = Math.min(step * 1.4, pace.lastMs)
  }
}
