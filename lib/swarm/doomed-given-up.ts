import type { ServiceFacts } from '../domain/stack-facts.js'
import { IN_FLIGHT, updateIsDue } from './convergence.js'
import { hasEnded, newborn, type History, type Life } from './convergence-history.js'
import { AT_REST_MS } from './convergence-paused.js'
import { endedItself, placesOf } from './convergence-places.js'
import { isDone, isReady } from './convergence-ready.js'
import { isStale, runsWell } from './convergence-seen.js'
import { doomOf, type Doom } from './doom.js'
import { classOfEnding, isHeld, isTroubled, slotsOf, stuckFor } from './doomed-lives.js'

/**
 * Swarm will not try again: a replica has ended, and nothing of the service is on its way. A task of the version before that
 * still runs is no hope: what was to take its place has failed.
 */
export function givenUp(history: History, service: ServiceFacts): Doom | undefined {
  if (isReady(history, service) || isHeld(history, service)) return undefined
  if (updateIsDue(history, service)) return undefined
  const attempts = slotsOf(history, service).map(slot => presentOf(history, service, slot))
  if (attempts.flat().length === 0) return goneBefore(history, service)
  if (!attempts.flat().every(life => rests(history, service, life))) return undefined
  const lost = attempts.filter(slot => isLost(history, service, slot.at(-1)))
  const last = lost.at(-1)?.at(-1)
  if (last === undefined) return undefined
  const failed = lost.flat().filter(isTroubled)
  return { ...doomOf(classOfEnding(last), service, failed), final: true }
}

/**
 * Swarm had given it up before the watch opened, and the op has not changed it: nothing starts it. What ended then is no
 * attempt of this op, and proves nothing else.
 */
function goneBefore(history: History, service: ServiceFacts): Doom | undefined {
  const { tasks, atMs } = history.now
  if (atMs - (history.opEndedMs ?? atMs) < AT_REST_MS) return undefined
  const own = tasks.filter(task => task.serviceId === service.id)
  if (own.some(task => !hasEnded(task) || isStale(history, service, task))) return undefined
  const lives = placesOf(own).flatMap(place => place.slice(-1).map(task => newborn(task, 0)))
  const lost = lives.filter(life => isLost(history, service, life))
  const last = lost.at(-1)
  if (last === undefined) return undefined
  return { ...doomOf(classOfEnding(last), service, lost), final: true }
}

/** The attempts at the present spec. */
function presentOf(
  history: History,
  service: ServiceFacts,
  slot: readonly Life[],
): readonly Life[] {
  return slot.filter(life => !isStale(history, service, life.task))
}

/** What ended by itself may be given up; what was stopped has been replaced or is not wanted any more. */
function isLost(history: History, service: ServiceFacts, newest: Life | undefined): boolean {
  if (newest === undefined || !endedItself(newest.task)) return false
  return !isDone(history, service, newest.task)
}

/** Nothing more comes of it: it has ended, or it is up and no update is under way that might replace others. */
function rests(history: History, service: ServiceFacts, life: Life): boolean {
  if (stuckFor(history, life) < AT_REST_MS) return false
  const isUp = runsWell(history, life.task) && !IN_FLIGHT.has(service.update?.state ?? '')
  return hasEnded(life.task) || isUp
}
