import type { ServiceFacts } from '../domain/stack-facts.js'
import { hasEnded, type History } from './convergence-history.js'
import { isReady, readyCount } from './convergence-ready.js'
import { healthOf, updateIsNew } from './convergence-seen.js'
import { detailOf, isCrash, livedFor, livesOf } from './doomed-lives.js'

/** What a service is still waited for. */
export type Waiting = {
  readonly service: string
  readonly why: string
  /** Only time is missing: no event will tell. */
  readonly timed?: boolean
}

/** A changed service whose update does not begin within this time is taken for one that needs none. */
const UPDATE_GRACE_MS = 30_000
/** Swarm creates the tasks of a global service within this time, if any node fits. */
const GLOBAL_GRACE_MS = 5_000
/** Without a health check only time tells a start from a crash: at least this long, and longer after a crash. */
const STEADY_MS = 1_500
const STEADY_MAX_MS = 15_000
/** A replica that was replaced answers for as long as it runs; a node that is away never tells that it has ended. */
const LEAVES_MS = 60_000
/** What a person need not tell apart. */
const COMING_UP = new Set([
  'new',
  'allocated',
  'pending',
  'assigned',
  'accepted',
  'preparing',
  'ready',
  'failed',
])
/** States of an update in which more tasks are still to come. */
export const IN_FLIGHT = new Set(['updating', 'rollback_started'])

/**
 * What keeps a stack from having converged; empty: it has. Converged means: the op has returned, all expected
 * services exist, no update is in flight or still to come, and every service has as many good tasks as it wants.
 */
export function waitingFor(history: History): readonly Waiting[] {
  const { services } = history.now
  if (history.opEndedMs === undefined) return [{ service: '*', why: 'the op has not returned' }]
  const absent = history.expected.filter(name => !services.some(each => each.name === name))
  if (services.length === 0 && absent.length === 0) {
    return [{ service: '*', why: 'the stack has no services' }]
  }
  return [
    ...absent.map(service => ({ service, why: 'the service does not exist' })),
    ...services.flatMap(service => {
      const found = unsettled(history, service)
      return found === undefined ? [] : [{ service: service.name, ...found }]
    }),
  ]
}

/** Why one service has not settled, first reason that applies; undefined: it has. */
function unsettled(history: History, service: ServiceFacts): Omit<Waiting, 'service'> | undefined {
  if (IN_FLIGHT.has(service.update?.state ?? '')) {
    return { why: `update is ${describeUpdate(service)}` }
  }
  if (updateIsDue(history, service)) return { why: 'the update has not begun' }
  if (!isReady(history, service)) return { why: describeCount(history, service) }
  if (service.replicas === null && tasksMayStillCome(history, service)) {
    return { why: 'no task yet', timed: true }
  }
  if (leavesStill(history, service)) return { why: 'a replaced replica has not ended' }
  if (!steady(history, service)) return { why: 'runs, but not for long enough yet', timed: true }
  return undefined
}

/** The op changed what the tasks are made of, there are tasks to replace, and Swarm has not begun. */
export function updateIsDue(history: History, service: ServiceFacts): boolean {
  const previous = history.before.services.find(each => each.id === service.id)
  if (previous === undefined || previous.taskTemplateHash === service.taskTemplateHash) return false
  if (updateIsNew(history, service)) return false
  const hadTasks = history.before.tasks.some(
    task => task.serviceId === service.id && task.desiredState === 'running',
  )
  return hadTasks && sinceOp(history) < UPDATE_GRACE_MS
}

function tasksMayStillCome(history: History, service: ServiceFacts): boolean {
  const some = history.now.tasks.some(task => task.serviceId === service.id)
  return !some && sinceOp(history) < GLOBAL_GRACE_MS
}

/** The proxy may still lead to it: what answers then is not what was deployed. */
function leavesStill({ before, now, opEndedMs = now.atMs }: History, service: ServiceFacts) {
  if (now.atMs - opEndedMs >= LEAVES_MS) return false
  const kept = before.tasks.filter(({ desiredState }) => desiredState === 'running')
  return now.tasks.some(
    ({ id, serviceId, state, desiredState }) =>
      serviceId === service.id &&
      state === 'running' &&
      (desiredState === 'shutdown' || desiredState === 'remove') &&
      kept.some(each => each.id === id),
  )
}

/**
 * A running task must have run longer than its crashed predecessors did, and without a health check for a moment in any
 * case. What ran before the op is trusted.
 */
function steady(history: History, service: ServiceFacts): boolean {
  const lives = livesOf(history, service)
  const spans = lives
    .filter(life => life.task.state === 'failed' && life.endedMs !== undefined)
    .map(life => livedFor(service, life))
  const crashed = Math.min(STEADY_MAX_MS, Math.max(0, ...spans.map(span => span * 1.5)))
  return lives
    .filter(life => life.task.state === 'running' && life.task.desiredState === 'running')
    .every(life => {
      const least =
        healthOf(history, life.task) === 'healthy' ? crashed : Math.max(STEADY_MS, crashed)
      const since = life.runningMs ?? history.now.atMs
      return since === 0 || history.now.atMs - since >= least
    })
}

function sinceOp(history: History): number {
  return history.now.atMs - (history.opEndedMs ?? history.now.atMs)
}

function describeUpdate(service: ServiceFacts): string {
  return service.update?.state === 'updating' ? 'in progress' : 'being rolled back'
}

/** `0/1 starting (health: starting)`, `0/1 starting (attempt 3, last: exit code 9)`. */
function describeCount(history: History, service: ServiceFacts): string {
  const { good, wanted } = readyCount(history, service)
  const newest = history.now.tasks
    .filter(task => task.serviceId === service.id && task.desiredState !== 'shutdown')
    .sort((a, b) => b.createdAtMs - a.createdAtMs)[0]
  if (newest === undefined) return `${good}/${wanted}`
  const health = healthOf(history, newest)
  const notes = [
    ...(health === 'none' ? [] : [`health: ${health}`]),
    ...attemptsOf(history, service),
    ...(newest.error === '' || newest.state === 'failed' ? [] : [newest.error]),
  ]
  const state = COMING_UP.has(newest.state) ? 'starting' : newest.state
  return `${good}/${wanted} ${state}${notes.length === 0 ? '' : ` (${notes.join(', ')})`}`
}

function attemptsOf(history: History, service: ServiceFacts): string[] {
  const bad = livesOf(history, service).filter(life => isCrash(life) && hasEnded(life.task))
  const last = bad.at(-1)
  return last === undefined ? [] : [`attempt ${bad.length + 1}, last: ${detailOf(last)}`]
}
