import { isDatabase } from '../domain/database-server.js'
import type { ServiceFacts } from '../domain/stack-facts.js'
import { imageOf, wasUp, type History, type Life } from './convergence-history.js'
import { isReady } from './convergence-ready.js'
import { isRound } from './convergence-rounds.js'
import { doomOf, type Doom } from './doom.js'
import {
  byBlame,
  classOfEnding,
  endingOf,
  isCrash,
  isHeld,
  lastInARow,
  slotsOf,
} from './doomed-lives.js'

/** More than where a service fails alone: what waits for another one may well try a few times. */
const EQUAL_EXITS = 5
const UNHEALTHY_KILLS = 2

/**
 * What fails while others are not up may only be waiting for one of them: an app for its database, a worker for the app. But
 * a database waits for nobody; and where each service that is not up fails again and again, none of them is merely slow.
 */
export function failTogether(history: History, service: ServiceFacts): Doom | undefined {
  const { services } = history.now
  const failing = services.flatMap(each => {
    const lives = failedAgain(history, each)
    return lives === undefined ? [] : [{ service: each, lives }]
  })
  const own = failing.find(each => each.service === service)
  const last = own?.lives.at(-1)
  if (own === undefined || last === undefined) return undefined
  const doom = doomOf(classOfEnding(last), service, own.lives)
  if (waitsForNobody(service)) return doom
  if (failing.toSorted(byBlame)[0] !== own) return undefined
  const begunMs = Math.min(...failing.map(({ lives }) => begunOf(lives)))
  const others = services.filter(each => failing.every(found => found.service !== each))
  const moment = { atMs: begunMs, images: failing.map(found => imageOf(found.service)) }
  return others.every(each => wasUp(history, each, moment)) ? doom : undefined
}

/** The last attempts of a service that is not up, where all of them failed in the same way. */
function failedAgain(history: History, service: ServiceFacts): readonly Life[] | undefined {
  if (isReady(history, service) || isHeld(history, service)) return undefined
  for (const slot of slotsOf(history, service)) {
    const fails = (life: Life) => isCrash(life) && !isRound(service, life.task)
    const crashed = lastInARow(slot, EQUAL_EXITS, fails)
    if (crashed !== undefined && new Set(crashed.map(endingOf)).size === 1) return crashed
    const killed = lastInARow(slot, UNHEALTHY_KILLS, life => life.unhealthy)
    if (killed !== undefined) return killed
  }
  return undefined
}

function begunOf([first]: readonly Life[]): number {
  return first === undefined ? 0 : (first.begunMs ?? first.firstSeenMs)
}

/** A server that keeps data: what only carries a database's name may wait for it. */
function waitsForNobody(service: ServiceFacts): boolean {
  return isDatabase(service) && service.mounts.some(mount => !mount.readOnly)
}
