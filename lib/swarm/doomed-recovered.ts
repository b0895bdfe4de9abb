import type { ServiceFacts } from '../domain/stack-facts.js'
import type { History, Life } from './convergence-history.js'
import { placeOf } from './convergence-places.js'
import { runsWell } from './convergence-seen.js'
import { livedFor, livesOf } from './doomed-lives.js'

/** Whether a replica that ended again and again is taken back for what its newest attempt shows; these are its ends. */
export type Recovery = (history: History, service: ServiceFacts, ends: readonly Life[]) => boolean

/**
 * For who waits until a stack has converged: what failed while nobody looked, as an app does while its tables are being
 * restored, may be over. Its next end tells.
 */
export const runsNow: Recovery = (history, service, ends) =>
  runningAfter(history, service, ends) !== undefined

/**
 * For who asks whether a service stays up, once: one that ends every twenty seconds is up most of the time. Only one that has
 * run for longer than most of those that ended has left that behind: the first of them may have run since the deploy.
 */
export const hasOutlived: Recovery = (history, service, ends) => {
  const newest = runningAfter(history, service, ends)
  if (newest === undefined) return false
  const ranMs = history.now.atMs + history.engineAheadMs - newest.task.atMs
  const lived = ends.map(life => livedFor(service, life)).sort((a, b) => a - b)
  return ranMs > (lived[Math.floor(lived.length / 2)] ?? 0)
}

/** The newest attempt at a replica, if it came after these and runs well. */
function runningAfter(
  history: History,
  service: ServiceFacts,
  ends: readonly Life[],
): Life | undefined {
  const last = ends.at(-1)
  if (last === undefined) return undefined
  const place = placeOf(last.task)
  const newest = livesOf(history, service).findLast(({ task }) => placeOf(task) === place)
  if (newest === undefined || newest === last) return undefined
  return runsWell(history, newest.task) ? newest : undefined
}
