import type { CauseClass } from '../domain/cause.js'
import type { ServiceFacts } from '../domain/stack-facts.js'
import { hasEnded, type History, type Life } from './convergence-history.js'
import { isReady } from './convergence-ready.js'
import { isRound } from './convergence-rounds.js'
import { updateIsNew } from './convergence-seen.js'
import { doomOf, type Doom } from './doom.js'
import { givenUp } from './doomed-given-up.js'
import {
  blameOf,
  byBlame,
  classOfEnding,
  endingOf,
  failingFor,
  HELD_MS,
  isCrash,
  isHeld,
  isTroubled,
  lastInARow,
  livesOf,
  refusalOf,
  slotsOf,
  stuckFor,
} from './doomed-lives.js'
import { classOfMessage } from './doomed-signatures.js'
import { hasOutlived, runsNow, type Recovery } from './doomed-recovered.js'
import { failTogether } from './doomed-together.js'

const EQUAL_EXITS = 3
const UNHEALTHY_KILLS = 2
const OOM_KILLS = 2
const REJECTIONS = 2
/** How long Swarm must have been stuck with a task before that counts. */
const STUCK_MS = 10_000
const NEW_STUCK_MS = 20_000

type Rule = (history: History, service: ServiceFacts, recovered: Recovery) => Doom | undefined

/** In order of certainty: the first that applies to any service is the cause. */
const RULES: readonly Rule[] = [
  rolledBack,
  rejected,
  outOfMemory,
  killedUnhealthy,
  unplaceable,
  crashLoop,
  failTogether,
  givenUp,
  withoutAddress,
]

/** A cause that makes waiting pointless, as soon as the evidence is complete; undefined: go on waiting. */
export function findDoom(history: History, recovered: Recovery = runsNow): Doom | undefined {
  for (const rule of RULES) {
    for (const service of history.now.services) {
      const doom = rule(history, service, recovered)
      if (doom !== undefined) return doom
    }
  }
  return undefined
}

/** Swarm gave the new spec up and puts the old one back: the old version answers, the deploy has failed. */
function rolledBack(history: History, service: ServiceFacts): Doom | undefined {
  // Under way, it is waited for: its end leaves the old version whole.
  const underWay = service.update?.state === 'rollback_started'
  if (underWay && failingFor(history, service) < HELD_MS) return undefined
  return givenBack(history, service)
}

function givenBack(history: History, service: ServiceFacts): Doom | undefined {
  const { update } = service
  if (update?.state.startsWith('rollback_') !== true) return undefined
  if (!updateIsNew(history, service)) return undefined
  const failed = livesOf(history, service).filter(isTroubled)
  const message = update.message === '' ? '' : `: ${update.message}`
  const { atMs } = history.now
  return {
    ...doomOf(blameOf(failed), service, failed),
    ...(failed.length === 0 ? { firstMs: atMs, lastMs: atMs } : {}),
    detail: `update status ${update.state}${message}`,
  }
}

/** Swarm cannot even create the container, for a reason that a retry does not change. */
function rejected(history: History, service: ServiceFacts): Doom | undefined {
  for (const slot of slotsOf(history, service)) {
    const ended = slot.filter(life => hasEnded(life.task))
    const tail = ended.slice(-REJECTIONS)
    const classes = new Set(tail.map(life => refusalOf(life)))
    const [only] = classes
    if (tail.length === REJECTIONS && classes.size === 1 && only !== undefined) {
      return doomOf(only, service, tail)
    }
    const same = ended.slice(-EQUAL_EXITS)
    if (same.length === EQUAL_EXITS && isSameRejection(same))
      return doomOf('not_converged', service, same)
  }
  return undefined
}

/** Refused each time in the same words, whatever they are: nobody else's start changes that. */
function isSameRejection(lives: readonly Life[]): boolean {
  const words = new Set(lives.map(({ task }) => task.error))
  return words.size === 1 && lives.every(({ task }) => task.state === 'rejected')
}

function outOfMemory(history: History, service: ServiceFacts): Doom | undefined {
  const counts = (life: Life) => life.oom && hasEnded(life.task)
  return inARow(history, service, { least: OOM_KILLS, counts, as: 'oom', recovered: () => false })
}

/** Containers that Swarm stopped because their health checks failed: they may end with any exit code, 0 too. */
function killedUnhealthy(
  history: History,
  service: ServiceFacts,
  recovered: Recovery,
): Doom | undefined {
  const counts = (life: Life) => life.unhealthy && life.othersReady
  return inARow(history, service, {
    least: UNHEALTHY_KILLS,
    counts,
    as: 'killed_unhealthy',
    recovered,
  })
}

/** The same end again and again, while nothing else was missing: an app may exit until its database is up. */
function crashLoop(history: History, service: ServiceFacts, recovered: Recovery): Doom | undefined {
  if (isHeld(history, service)) return undefined
  for (const slot of slotsOf(history, service)) {
    const tail = slot.filter(life => hasEnded(life.task)).slice(-EQUAL_EXITS)
    const equal = new Set(tail.map(life => endingOf(life))).size === 1
    const own = tail.every(
      life => isCrash(life) && life.othersReady && !isRound(service, life.task),
    )
    if (tail.length < EQUAL_EXITS || !equal || !own) continue
    if (!recovered(history, service, tail)) return doomOf('crash_loop', service, tail)
  }
  return undefined
}

type Streak = {
  readonly least: number
  readonly counts: (life: Life) => boolean
  readonly as: CauseClass
  readonly recovered: Recovery
}

function inARow(history: History, service: ServiceFacts, streak: Streak): Doom | undefined {
  if (isHeld(history, service)) return undefined
  for (const slot of slotsOf(history, service)) {
    const tail = lastInARow(slot, streak.least, streak.counts)
    if (tail === undefined || streak.recovered(history, service, tail)) continue
    return doomOf(streak.as, service, tail)
  }
  return undefined
}

/** A task that no node can take. Missing resources may come back: those are only told at the deadline. */
function unplaceable(history: History, service: ServiceFacts): Doom | undefined {
  if (isLeavingPort(history, service)) return undefined
  const stuck = livesOf(history, service).filter(
    life => life.task.state === 'pending' && stuckFor(history, life) >= STUCK_MS,
  )
  const found = stuck.map(life => ({ life, class: placementClass(history, service, life) }))
  const first = found.find(each => each.class !== undefined && each.class !== 'no_resources')
  return first?.class === undefined ? undefined : doomOf(first.class, service, [first.life])
}

/** A host port that a task of the stack itself holds is the recipe's doing: its own old one, or one of another service. */
function placementClass(history: History, service: ServiceFacts, life: Life) {
  const found = classOfMessage(life.task.error)
  if (found !== 'port_taken') return found
  const stays = holdersOfPort(history, service).some(({ task }) => task.state === 'running')
  return stays ? 'no_node' : found
}

/** Attempts that had or have a host port of this service: its own, and those of others that want the same. */
function holdersOfPort(history: History, service: ServiceFacts): readonly Life[] {
  const rivals = history.now.services.filter(
    each => each.id === service.id || each.hostPorts.some(port => service.hostPorts.includes(port)),
  )
  return rivals
    .flatMap(rival => livesOf(history, rival))
    .filter(({ runningMs }) => runningMs !== undefined)
}

/**
 * Swarm has told the one that has the port to stop, which may take as long as its grace period; or it is gone, and Swarm has
 * yet to look at the one that waits.
 */
function isLeavingPort(history: History, service: ServiceFacts): boolean {
  if (service.hostPorts.length === 0) return false
  return holdersOfPort(history, service).some(({ task, endedMs }) =>
    endedMs === undefined ? task.desiredState !== 'running' : history.now.atMs - endedMs < STUCK_MS,
  )
}

/** The one silent state: a task for which the Engine never finds a network address stays "new", without an error. */
function withoutAddress(history: History, service: ServiceFacts): Doom | undefined {
  const life = livesOf(history, service).find(
    each => each.task.state === 'new' && stuckFor(history, each) >= NEW_STUCK_MS,
  )
  return life === undefined ? undefined : doomOf('addresses_exhausted', service, [life])
}

/** The best explanation there is when the deadline has passed; undefined: nothing but slowness was seen. */
export function bestGuess(history: History): Doom | undefined {
  const back = history.now.services.map(service => givenBack(history, service))
  const doom = back.find(each => each !== undefined) ?? findDoom(history, hasOutlived)
  if (doom !== undefined) return doom
  const unready = history.now.services.filter(service => !isReady(history, service))
  for (const service of unready) {
    const lives = livesOf(history, service)
    const pending = lives.find(life => life.task.state === 'pending' && life.task.error !== '')
    const found = pending === undefined ? undefined : classOfMessage(pending.task.error)
    if (pending !== undefined && found !== undefined) return doomOf(found, service, [pending])
  }
  const crashed = unready
    .map(service => ({ service, lives: livesOf(history, service).filter(isTroubled) }))
    .filter(({ lives }) => lives.length > 0)
    .sort(byBlame)[0]
  const last = crashed?.lives.at(-1)
  return crashed === undefined || last === undefined
    ? undefined
    : doomOf(classOfEnding(last), crashed.service, crashed.lives)
}
