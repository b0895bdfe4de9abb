import type { CauseClass } from '../domain/cause.js'
import type { ServiceFacts } from '../domain/stack-facts.js'
import { updateIsNew } from './convergence.js'
import { hasEnded, type History, type Life } from './convergence-history.js'
import { hasFinishedByDesign, isReady } from './convergence-ready.js'
import { classOfMessage } from './doomed-signatures.js'

/** Why a deploy will not converge, before it is put in words. */
export type Doom = {
  readonly class: CauseClass
  readonly service: ServiceFacts
  /** The attempt that proves it. */
  readonly life: Life | undefined
  /** How often it was seen. */
  readonly times: number
  /** What was seen, in the Engine's words where there are any. */
  readonly detail: string
}

const EQUAL_EXITS = 3
const UNHEALTHY_KILLS = 2
const OOM_KILLS = 2
const REJECTIONS = 2
/** How long Swarm must have been stuck with a task, or without any, before that counts. */
const STUCK_MS = 10_000
const NEW_STUCK_MS = 20_000

type Rule = (history: History, service: ServiceFacts) => Doom | undefined

/** In order of certainty: the first that applies to any service is the cause. */
const RULES: readonly Rule[] = [
  rolledBack,
  rejected,
  outOfMemory,
  killedUnhealthy,
  unplaceable,
  crashLoop,
  givenUp,
  withoutAddress,
]

/** A cause that makes waiting pointless, as soon as the evidence is complete; undefined: go on waiting. */
export function findDoom(history: History): Doom | undefined {
  for (const rule of RULES) {
    for (const service of history.now.services) {
      const doom = rule(history, service)
      if (doom !== undefined) return doom
    }
  }
  return undefined
}

/** Swarm gave the new spec up and put the old one back: the old version answers, the deploy has failed. */
function rolledBack(history: History, service: ServiceFacts): Doom | undefined {
  const state = service.update?.state
  if (state !== 'rollback_completed' && state !== 'rollback_paused') return undefined
  if (!updateIsNew(history, service)) return undefined
  const failed = livesOf(history, service).filter(isCrash)
  const message = service.update?.message ?? ''
  return {
    class: 'rolled_back',
    service,
    life: failed.at(-1),
    times: failed.length,
    detail: `update status ${state}${message === '' ? '' : `: ${message}`}`,
  }
}

/** Swarm cannot even create the container, for a reason that a retry does not change. */
function rejected(history: History, service: ServiceFacts): Doom | undefined {
  for (const slot of slotsOf(history, service)) {
    const tail = slot.filter(life => hasEnded(life.task)).slice(-REJECTIONS)
    const classes = new Set(tail.map(life => refusalOf(life)))
    const [only] = classes
    if (tail.length === REJECTIONS && classes.size === 1 && only !== undefined) {
      return doomOf(only, service, tail)
    }
  }
  return undefined
}

function outOfMemory(_history: History, service: ServiceFacts): Doom | undefined {
  return inARow(_history, service, { least: OOM_KILLS, counts: life => life.oom, as: 'oom' })
}

/** Containers that Swarm stopped because their health checks failed: they may end with any exit code, 0 too. */
function killedUnhealthy(history: History, service: ServiceFacts): Doom | undefined {
  const counts = (life: Life) => life.unhealthy && life.othersReady
  return inARow(history, service, { least: UNHEALTHY_KILLS, counts, as: 'killed_unhealthy' })
}

/** The same end again and again, while nothing else was missing: an app may exit until its database is up. */
function crashLoop(history: History, service: ServiceFacts): Doom | undefined {
  for (const slot of slotsOf(history, service)) {
    const tail = slot.filter(life => hasEnded(life.task)).slice(-EQUAL_EXITS)
    const equal = new Set(tail.map(life => endingOf(life))).size === 1
    const own = tail.every(life => isCrash(life) && life.othersReady)
    if (tail.length === EQUAL_EXITS && equal && own) return doomOf('crash_loop', service, tail)
  }
  return undefined
}

type Streak = {
  readonly least: number
  readonly counts: (life: Life) => boolean
  readonly as: CauseClass
}

function inARow(history: History, service: ServiceFacts, streak: Streak): Doom | undefined {
  for (const slot of slotsOf(history, service)) {
    const tail = slot
      .filter(life => hasEnded(life.task) || streak.counts(life))
      .slice(-streak.least)
    if (tail.length === streak.least && tail.every(streak.counts)) {
      return doomOf(streak.as, service, tail)
    }
  }
  return undefined
}

/** A task that no node can take. Missing resources may come back: those are only told at the deadline. */
function unplaceable(history: History, service: ServiceFacts): Doom | undefined {
  const stuck = livesOf(history, service).filter(
    life => life.task.state === 'pending' && stuckFor(history, life) >= STUCK_MS,
  )
  const found = stuck.map(life => ({ life, class: placementClass(history, service, life) }))
  const first = found.find(each => each.class !== undefined && each.class !== 'no_resources')
  return first?.class === undefined ? undefined : doomOf(first.class, service, [first.life])
}

/** A host port that the service's own old task holds is the recipe's doing: start-first cannot work there. */
function placementClass(history: History, service: ServiceFacts, life: Life) {
  const found = classOfMessage(life.task.error)
  if (found !== 'port_taken') return found
  const ownTask = history.now.tasks.some(
    task => task.serviceId === service.id && task.state === 'running',
  )
  return ownTask ? 'no_node' : found
}

/** Swarm will not try again: no task is left that is to run. */
function givenUp(history: History, service: ServiceFacts): Doom | undefined {
  if ((service.replicas ?? 0) === 0 || isReady(history, service)) return undefined
  const tasks = history.now.tasks.filter(task => task.serviceId === service.id)
  if (hasFinishedByDesign(service, tasks)) return undefined
  const lives = livesOf(history, service)
  const last = lives.at(-1)
  if (last === undefined || lives.some(life => !hasEnded(life.task))) return undefined
  if (history.now.atMs - (last.endedMs ?? history.now.atMs) < STUCK_MS) return undefined
  return doomOf(classOfEnding(last), service, [last])
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
  const doom = findDoom(history)
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
    .sort((a, b) => b.lives.length - a.lives.length)[0]
  const last = crashed?.lives.at(-1)
  return crashed === undefined || last === undefined
    ? undefined
    : doomOf(classOfEnding(last), crashed.service, crashed.lives)
}

function isTroubled(life: Life): boolean {
  return life.oom || life.unhealthy || isCrash(life) || life.task.state === 'rejected'
}

function classOfEnding(life: Life): CauseClass {
  if (life.oom) return 'oom'
  if (life.unhealthy) return 'killed_unhealthy'
  return refusalOf(life) ?? (isCrash(life) ? 'crash_loop' : 'not_converged')
}

function doomOf(as: CauseClass, service: ServiceFacts, lives: readonly Life[]): Doom {
  const life = lives.at(-1)
  return { class: as, service, life, times: lives.length, detail: detailOf(life) }
}

function detailOf(life: Life | undefined): string {
  if (life === undefined) return ''
  const { task } = life
  if (task.error !== '') return task.error
  if (task.exitCode !== undefined && hasEnded(task)) return `exit code ${task.exitCode}`
  return `task ${task.id} is "${task.state}"`
}

/** An end of its own: not one that Swarm asked for by a replacement, nor a failed health check. */
function isCrash({ task, unhealthy }: Life): boolean {
  if (unhealthy) return false
  return task.state === 'failed' || (task.state === 'complete' && task.desiredState !== 'remove')
}

function endingOf({ task }: Life): string {
  return task.exitCode === undefined || task.exitCode === 0
    ? `${task.exitCode ?? ''} ${task.error}`
    : String(task.exitCode)
}

/** A task that never ran, for a reason with a class of its own. */
function refusalOf({ task }: Life): CauseClass | undefined {
  const refused = task.state === 'rejected' || task.state === 'failed'
  return refused && task.error !== '' ? classOfMessage(task.error) : undefined
}

function stuckFor(history: History, life: Life): number {
  return history.now.atMs - life.stateSinceMs
}

function livesOf(history: History, service: ServiceFacts): readonly Life[] {
  return history.lives.filter(life => life.task.serviceId === service.id)
}

/** The attempts at one replica, in order; of a global service: on one node. */
function slotsOf(history: History, service: ServiceFacts): readonly (readonly Life[])[] {
  const slots = new Map<string, Life[]>()
  for (const life of livesOf(history, service)) {
    const key = life.task.slot === 0 ? life.task.nodeId : String(life.task.slot)
    slots.set(key, [...(slots.get(key) ?? []), life])
  }
  return [...slots.values()]
}
