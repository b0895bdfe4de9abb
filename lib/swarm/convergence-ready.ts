import type { ServiceFacts, TaskFacts } from '../domain/stack-facts.js'
import { isLeftHalfWay } from './convergence-paused.js'
import { globalPlaces, placesOf, type Place } from './convergence-places.js'
import { isRound } from './convergence-rounds.js'
import { isStale, runsWell, type Seen } from './convergence-seen.js'

/** Whether as many tasks of the service's present spec run, healthy, as there should; finished jobs count. */
export function isReady(seen: Seen, service: ServiceFacts): boolean {
  const { good, wanted } = readyCount(seen, service)
  return good >= wanted
}

/**
 * Good replicas, of those wanted. A task that still runs the spec from before the op is not good, but where Swarm leaves it
 * beside new ones for ever.
 */
export function readyCount(
  seen: Seen,
  service: ServiceFacts,
): { readonly good: number; readonly wanted: number } {
  const tasks = seen.now.tasks.filter(task => task.serviceId === service.id)
  const places = service.replicas === null ? globalPlaces(tasks) : placesOf(tasks)
  const keepsOld = isLeftHalfWay(seen, service)
  const isGood = (place: Place) =>
    place.some(task => isUp(seen, service, task)) ||
    isDone(seen, service, place.at(-1)) ||
    isBetweenRounds(seen, service, place) ||
    (keepsOld && isOld(seen, service, place))
  return { good: places.filter(isGood).length, wanted: service.replicas ?? places.length }
}

/**
 * A job, or a service that is not to be restarted, whose task ended with exit code 0: it is done. What ended before the op
 * does not count for a spec that the op has brought: Swarm starts it anew. Nor does what was killed and took it well.
 */
export function isDone(seen: Seen, service: ServiceFacts, task: TaskFacts | undefined): boolean {
  if (task === undefined || (!isJob(service) && service.restart === 'any')) return false
  return endedWell(seen, service, task)
}

/** Done for now: the next task waits until its time has come. */
function isBetweenRounds(seen: Seen, service: ServiceFacts, place: Place): boolean {
  const [last, next] = place.slice(-2)
  if (last === undefined || next?.state !== 'ready' || next.desiredState !== 'ready') return false
  return isRound(service, last) && endedWell(seen, service, last)
}

function endedWell(seen: Seen, service: ServiceFacts, task: TaskFacts): boolean {
  const ended = task.state === 'complete' && (task.exitCode ?? 0) === 0
  const killed = seen.lives.some(life => life.task.id === task.id && (life.unhealthy || life.oom))
  return ended && !killed && !isStale(seen, service, task)
}

/** A job that runs is not there yet: only its end tells. */
function isUp(seen: Seen, service: ServiceFacts, task: TaskFacts): boolean {
  return !isJob(service) && runsWell(seen, task) && !isStale(seen, service, task)
}

function isOld(seen: Seen, service: ServiceFacts, place: Place): boolean {
  return (
    place.every(task => isStale(seen, service, task)) && place.some(task => runsWell(seen, task))
  )
}

function isJob({ mode }: ServiceFacts): boolean {
  return mode === 'replicated-job' || mode === 'global-job'
}
