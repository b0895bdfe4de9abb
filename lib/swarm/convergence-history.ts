import type { ServiceFacts, StackFacts, TaskFacts } from '../domain/stack-facts.js'
import { isReady } from './convergence-ready.js'

/** What the Engine said about one container between two looks, or what a look at a dead container showed. */
export type ContainerNote = {
  readonly taskId: string
  /** `heard`, `silent`: it was asked whether it listens for others, and does or does not. */
  readonly kind: 'unhealthy' | 'oom' | 'heard' | 'silent'
}

/** A stack at one moment, with what was noted since the moment before. Times count from the opening of the watch. */
export type Observation = StackFacts & {
  readonly atMs: number
  readonly notes: readonly ContainerNote[]
}

/** All that is known of one task, also after Swarm has dropped it from its history. */
export type Life = {
  readonly task: TaskFacts
  readonly firstSeenMs: number
  /** When it was first seen beyond preparation; a crash may be too quick for anything but its end to be seen. */
  readonly begunMs: number | undefined
  readonly runningMs: number | undefined
  readonly endedMs: number | undefined
  /** Since when it has been seen in its present state. */
  readonly stateSinceMs: number
  /** Every other service of the stack was up when it began: then its end is its own fault. */
  readonly othersReady: boolean
  readonly unhealthy: boolean
  readonly oom: boolean
  /** When it was first found listening for others, and first found not to. */
  readonly heardMs: number | undefined
  readonly silentMs: number | undefined
  /** When the first sign of trouble was seen: its end, a failed health check or a memory kill. */
  readonly troubledMs: number | undefined
}

/** Everything a verdict about a stack may rest on. */
export type History = {
  /** The stack before the op. */
  readonly before: StackFacts
  /** Services that must exist, without the stack's prefix. */
  readonly expected: readonly string[]
  /** When the op returned; undefined while it still runs. */
  readonly opEndedMs: number | undefined
  readonly now: Observation
  /** How far the Engine's clock is ahead of the watch's, at least: what it has stamped by a look is past by then. */
  readonly engineAheadMs: number
  /** Tasks that were alive when the watch was opened or came later, oldest first. */
  readonly lives: readonly Life[]
  /** Since when each service has been ready without a break, by service id. */
  readonly readySince: ReadonlyMap<string, number>
}

const ENDED = new Set(['complete', 'shutdown', 'failed', 'rejected', 'remove', 'orphaned'])
const BEGUN = new Set(['starting', 'running', 'complete', 'failed'])

/**
 * A service without a health check counts as up for others once it has run for this long; a database sooner, as soon as it
 * listens, and much later when it was found not to: its first start may take minutes on a small host.
 */
const TRUSTED_MS = 20_000
const SILENT_MS = 120_000

export function hasEnded(task: TaskFacts): boolean {
  return ENDED.has(task.state)
}

/** The history at the opening of the watch. */
export function beginHistory(before: StackFacts, expected: readonly string[] = []): History {
  const now = { ...before, atMs: 0, notes: [] }
  const empty: History = {
    before,
    expected,
    opEndedMs: undefined,
    now,
    engineAheadMs: -Infinity,
    lives: [],
    readySince: new Map(),
  }
  return extendHistory(empty, now)
}

/** The history with one more look at the stack. */
export function extendHistory(history: History, now: Observation): History {
  const known = new Map(history.lives.map(life => [life.task.id, life]))
  const deadBefore = new Set(history.before.tasks.filter(hasEnded).map(task => task.id))
  const fresh = now.tasks
    .filter(task => !known.has(task.id) && !deadBefore.has(task.id))
    .sort((a, b) => a.createdAtMs - b.createdAtMs)
  const seen = new Map(now.tasks.map(task => [task.id, task]))
  const ahead = now.tasks.map(({ atMs }) => atMs - now.atMs)
  const looked = { ...history, now, engineAheadMs: Math.max(history.engineAheadMs, ...ahead) }
  const lives = [
    ...history.lives.map(life => continued(looked, life, seen.get(life.task.id) ?? life.task)),
    ...fresh.map(task => continued(looked, newborn(task, now.atMs), task)),
  ]
  const grown = { ...looked, lives }
  return { ...grown, readySince: readyTimes(grown) }
}

/** A task at the moment at which it is first seen. */
export function newborn(task: TaskFacts, atMs: number): Life {
  return {
    task,
    firstSeenMs: atMs,
    begunMs: undefined,
    runningMs: undefined,
    endedMs: undefined,
    stateSinceMs: atMs,
    othersReady: false,
    unhealthy: false,
    oom: false,
    heardMs: undefined,
    silentMs: undefined,
    troubledMs: undefined,
  }
}

function continued(history: History, life: Life, task: TaskFacts): Life {
  const { atMs, notes } = history.now
  const begins = life.begunMs === undefined && BEGUN.has(task.state)
  const kinds = notes.filter(note => note.taskId === task.id).map(note => note.kind)
  const firstTime = (was: number | undefined, holds: boolean) => was ?? (holds ? atMs : undefined)
  return {
    ...life,
    task,
    begunMs: firstTime(life.begunMs, begins),
    runningMs: firstTime(life.runningMs, task.state === 'running'),
    endedMs: firstTime(life.endedMs, hasEnded(task)),
    stateSinceMs: task.state === life.task.state ? life.stateSinceMs : atMs,
    othersReady: begins ? othersReady(history, task) : life.othersReady,
    unhealthy: life.unhealthy || kinds.includes('unhealthy'),
    oom: life.oom || kinds.includes('oom'),
    heardMs: firstTime(life.heardMs, kinds.includes('heard')),
    silentMs: firstTime(life.silentMs, kinds.includes('silent')),
    troubledMs: firstTime(
      life.troubledMs,
      kinds.includes('unhealthy') || kinds.includes('oom') || hasEnded(task),
    ),
  }
}

/**
 * By the look before this one: what begins now was started by what was there then. Of an attempt that has ended by the time
 * it is first seen that look may be long ago: then the others must be up now, and must have been there before it.
 */
function othersReady(history: History, task: TaskFacts): boolean {
  const { services, atMs } = history.now
  const moment = { atMs, images: services.filter(({ id }) => id === task.serviceId).map(imageOf) }
  return services
    .filter(({ id }) => id !== task.serviceId)
    .every(
      service =>
        wasUp(history, service, moment) && (!hasEnded(task) || isOlder(history, service, task)),
    )
}

export function imageOf({ image }: ServiceFacts): string {
  return image
}

function isOlder(history: History, service: ServiceFacts, { createdAtMs }: TaskFacts): boolean {
  const running = history.now.tasks.filter(
    each => each.serviceId === service.id && each.state === 'running',
  )
  const isThere = isReady(history, service)
  return isThere && (running.length === 0 || running.some(each => each.createdAtMs <= createdAtMs))
}

/** When, and the images of those for whom a service has to be up. */
type Moment = { readonly atMs: number; readonly images: readonly string[] }

/** Whether a service was up for others at a moment, and has been since. */
export function wasUp(history: History, service: ServiceFacts, moment: Moment): boolean {
  const { atMs } = moment
  const since = history.readySince.get(service.id)
  if (since === undefined || since > atMs) return false
  if (service.replicas === 0 || service.healthcheck !== undefined) return true
  const running = history.lives.filter(
    ({ task }) => task.serviceId === service.id && task.state === 'running',
  )
  if (isDone(history, service, atMs)) return true
  if (running.some(({ heardMs }) => heardMs !== undefined && heardMs <= atMs)) return true
  const isSilent = running.some(({ silentMs }) => silentMs !== undefined)
  // What ran before the watch may have run for long.
  if (since === 0 && !isSilent) return true
  return atMs - since >= (isSilent ? SILENT_MS : trustedMs(service, moment))
}

/**
 * A service of the same image that is not to run again after an end with exit code 0 may be a migration for the one that
 * fails: it is not done while it runs, and nothing tells it from one that stays.
 */
function trustedMs({ restart, image }: ServiceFacts, { images }: Moment): number {
  return restart !== 'any' && images.includes(image) ? SILENT_MS : TRUSTED_MS
}

/** Of one that is ready: every task of it has come to its end, and it is up from then on. */
function isDone({ lives }: History, { id }: ServiceFacts, atMs: number): boolean {
  const own = lives.filter(({ task }) => task.serviceId === id)
  return own.length > 0 && own.every(({ endedMs }) => endedMs !== undefined && endedMs <= atMs)
}

function readyTimes(history: History): ReadonlyMap<string, number> {
  const { services, atMs } = history.now
  const ready = services.filter(service => isReady(history, service))
  const since = ({ id }: ServiceFacts) =>
    Math.max(history.readySince.get(id) ?? atMs, runningSince(history, id))
  return new Map(ready.map(service => [service.id, since(service)]))
}

/** Nothing of a service has been up for longer than the oldest of its tasks that run: what ran before was replaced. */
function runningSince({ lives }: History, serviceId: string): number {
  const running = lives.filter(
    ({ task }) => task.serviceId === serviceId && task.state === 'running',
  )
  return running.length === 0 ? 0 : Math.min(...running.map(({ runningMs }) => runningMs ?? 0))
}
