import type { ServiceFacts } from '../domain/stack-facts.js'
import { isStale, runsWell, updateIsNew, type Seen } from './convergence-seen.js'

/** What has not changed for this long is what Swarm leaves it at. */
export const AT_REST_MS = 10_000

/**
 * Whether Swarm has stopped this op's update half way and all that is new runs by now: what is old then stays for ever. A
 * service of which nothing new runs is not meant: its probes would only see the old version.
 */
export function isLeftHalfWay(seen: Seen, service: ServiceFacts): boolean {
  if (service.update?.state !== 'paused' || !updateIsNew(seen, service)) return false
  const fresh = seen.lives.filter(
    ({ task, endedMs }) =>
      task.serviceId === service.id && endedMs === undefined && !isStale(seen, service, task),
  )
  const rests = (life: Seen['lives'][number]) =>
    runsWell(seen, life.task) && seen.now.atMs - life.stateSinceMs >= AT_REST_MS
  return fresh.length > 0 && fresh.every(rests)
}
