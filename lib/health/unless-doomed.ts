import type { Cause } from '../domain/cause.js'
import type { Check } from '../domain/check.js'

/** Why what is waited for will not come. */
type Doom = { readonly cause: Cause }

/** Where a wait ends early: with the run, or with the stack. */
export type Ends = {
  readonly signal: AbortSignal
  /** Watches the stack meanwhile: a cause ends the wait, since the app will not come up any more; undefined once aborted. */
  readonly doomed?: ((signal: AbortSignal) => Promise<Doom | undefined>) | undefined
}

type Outcome<T> = { readonly found: T } | { readonly doom: Doom }

/**
 * Waits beside a watch on the stack: what came of the wait, or why nothing will. Both are told to stop by the signal they
 * get, and have ended when this does. Rejects as the wait does.
 */
export async function unlessDoomed<T>(
  wait: (signal: AbortSignal) => Promise<T>,
  { signal: outer, doomed }: Ends,
): Promise<Outcome<T>> {
  const stop = new AbortController()
  const signal = AbortSignal.any([outer, stop.signal])
  const waited = wait(signal).then((found): Outcome<T> => ({ found }))
  const watched = doomed?.(signal).then((doom): Outcome<T> | Promise<Outcome<T>> =>
    doom === undefined ? waited : { doom },
  )
  try {
    return await (watched === undefined ? waited : Promise.race([waited, watched]))
  } finally {
    stop.abort(new Error('the wait is over'))
    await Promise.allSettled([waited, watched])
  }
}

/** The check of which the wait ended with a doomed stack: its cause is the stack's own. */
export function doomedCheck(name: string, ms: number, { cause }: Doom): Check {
  return { name, status: 'fail', ms, detail: cause.sentence, cause }
}
