import { CAUSE_EXIT, type CauseClass } from '../domain/cause.js'
import type { ServiceFacts } from '../domain/stack-facts.js'
import { hasEnded, type History, type Life } from './convergence-history.js'
import { placeOf } from './convergence-places.js'
import { classOfMessage } from './doomed-signatures.js'

/** How an attempt ended, or what it suffers from. */
export function detailOf({ task, unhealthy, oom }: Life): string {
  const suffers = oom ? ' (out of memory)' : unhealthy ? ' (health checks failed)' : ''
  const exited = task.state === 'failed' || task.state === 'complete'
  const plain = task.error === '' || task.error.includes('non-zero exit')
  if (exited && plain && task.exitCode !== undefined) return `exit code ${task.exitCode}${suffers}`
  return (task.error === '' ? `task state "${task.state}"` : task.error) + suffers
}

/** An end of its own: not one that Swarm asked for by a replacement, nor a failed health check. */
export function isCrash({ task, unhealthy }: Life): boolean {
  if (unhealthy) return false
  return task.state === 'failed' || (task.state === 'complete' && task.desiredState !== 'remove')
}

export function endingOf({ task }: Life): string {
  return task.exitCode === undefined || task.exitCode === 0
    ? `${task.exitCode ?? ''} ${task.error}`
    : String(task.exitCode)
}

/** A task that never ran, for a reason with a class of its own. */
export function refusalOf({ task }: Life): CauseClass | undefined {
  const refused = task.state === 'rejected' || task.state === 'failed'
  return refused && task.error !== '' ? classOfMessage(task.error) : undefined
}

export function stuckFor(history: History, life: Life): number {
  return history.now.atMs - life.stateSinceMs
}

export function livesOf(history: History, service: ServiceFacts): readonly Life[] {
  return history.lives.filter(life => life.task.serviceId === service.id)
}

/** What Swarm waits before it starts a task anew where the service does not say. */
const RESTART_DELAY_MS = 5_000

/**
 * For how long an attempt that has ended lived. Of one that was never seen alive the Engine's stamps tell: Swarm makes a task
 * as soon as the one before has ended, and then waits.
 */
export function livedFor({ restartDelayMs }: ServiceFacts, life: Life): number {
  const { task, begunMs, firstSeenMs, endedMs } = life
  const seen = (endedMs ?? 0) - (begunMs ?? firstSeenMs)
  if (seen > 0) return seen
  const delay = restartDelayMs > 0 ? restartDelayMs : RESTART_DELAY_MS
  return Math.max(0, task.atMs - task.createdAtMs - delay)
}

/** The attempts at one replica, in order; of a global service: on one node. */
export function slotsOf(history: History, service: ServiceFacts): readonly (readonly Life[])[] {
  const slots = new Map<string, Life[]>()
  for (const life of livesOf(history, service)) {
    const key = placeOf(life.task)
    slots.set(key, [...(slots.get(key) ?? []), life])
  }
  return [...slots.values()]
}

/** The last attempts at a replica, as many as asked for, where each of them counts; one that counts need not have ended. */
export function lastInARow(
  slot: readonly Life[],
  least: number,
  counts: (life: Life) => boolean,
): readonly Life[] | undefined {
  const tail = slot.filter(life => hasEnded(life.task) || counts(life)).slice(-least)
  return tail.length === least && tail.every(counts) ? tail : undefined
}

export function isTroubled(life: Life): boolean {
  return life.oom || life.unhealthy || isCrash(life) || life.task.state === 'rejected'
}

/** The class of an attempt by how it ended. */
export function classOfEnding(life: Life): CauseClass {
  if (life.oom) return 'oom'
  if (life.unhealthy) return 'killed_unhealthy'
  return refusalOf(life) ?? (isCrash(life) ? 'crash_loop' : 'not_converged')
}

/** Whom a rollback speaks of: where the host itself failed each time, the new version was never tried. */
export function blameOf(lives: readonly Life[]): CauseClass {
  const [only, ...others] = new Set(lives.map(life => refusalOf(life)))
  if (only === undefined || others.length > 0) return 'rolled_back'
  return CAUSE_EXIT[only] === 1 ? only : 'rolled_back'
}

/** How long Swarm's own verdict on an update that fails is waited for. */
export const HELD_MS = 25_000

/**
 * While an update is in flight that Swarm rolls back by itself when it fails, its own verdict is waited for: it
 * explains more, and leaves the old version whole. But not for ever.
 */
export function isHeld(history: History, service: ServiceFacts): boolean {
  return (
    service.update?.state === 'updating' &&
    service.failureAction === 'rollback' &&
    failingFor(history, service) < HELD_MS
  )
}

/** How long ago an attempt of the service first ended badly; 0, if none did. */
export function failingFor(history: History, service: ServiceFacts): number {
  const first = livesOf(history, service).find(
    life => isTroubled(life) && life.endedMs !== undefined,
  )
  return first === undefined ? 0 : history.now.atMs - (first.endedMs ?? 0)
}

/** A service, and the attempts that speak against it. */
export type Ailing = { readonly service: ServiceFacts; readonly lives: readonly Life[] }

/** By custom "app" needs the others: what ails one of them comes first, then what failed most often. */
export function byBlame(a: Ailing, b: Ailing): number {
  const rank = ({ service, lives }: Ailing) => (service.name === 'app' ? 1e6 : 0) - lives.length
  return rank(a) - rank(b)
}
