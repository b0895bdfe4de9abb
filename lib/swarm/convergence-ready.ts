import type { ServiceFacts, StackFacts, TaskFacts } from '../domain/stack-facts.js'
import { placesOf } from './convergence-places.js'

/** What readiness is judged by: the stack before the op and now, and what was noted of its tasks. */
export type Seen = {
  readonly before: StackFacts
  readonly now: StackFacts
  readonly lives: readonly {
    readonly task: { readonly id: string }
    readonly unhealthy: boolean
    readonly oom: boolean
  }[]
}

/** Whether as many tasks of the service's present spec run, healthy, as there should; finished jobs count. */
export function isReady(seen: Seen, service: ServiceFacts): boolean {
  const { good, wanted } = readyCount(seen, service)
  return good >= wanted
}

/** Good tasks, of those wanted. A task that still runs the spec from before the op is not good. */
export function readyCount(
  seen: Seen,
  service: ServiceFacts,
): { readonly good: number; readonly wanted: number } {
  const own = seen.now.tasks.filter(task => task.serviceId === service.id)
  const tasks = service.replicas === null ? placesOf(own) : own
  const up = tasks.filter(task => isUp(seen, service, task)).length
  const done = tasks.filter(task => isDone(seen, service, task)).length
  // On a node a task stands for itself; a replica that was done once may run again.
  const good = service.replicas === null ? up + done : Math.max(up, done)
  return { good, wanted: service.replicas ?? tasks.length }
}

/**
 * A job, or a service that is not to be restarted, whose task ended with exit code 0: it is done. What ended before the op
 * does not count for a spec that the op has brought: Swarm starts it anew. Nor does what was killed and took it well.
 */
function isDone({ before, lives }: Seen, service: ServiceFacts, task: TaskFacts): boolean {
  if (!isJob(service) && service.restart === 'any') return false
  const ended = task.state === 'complete' && (task.exitCode ?? 0) === 0
  const killed = lives.some(life => life.task.id === task.id && (life.unhealthy || life.oom))
  return ended && !killed && !isStale(before, service, task)
}

/** A job that runs is not there yet: only its end tells. */
function isUp(seen: Seen, service: ServiceFacts, task: TaskFacts): boolean {
  const runs = !isJob(service) && task.desiredState === 'running' && task.state === 'running'
  return runs && isGood(seen, service, task)
}

function isJob({ mode }: ServiceFacts): boolean {
  return mode === 'replicated-job' || mode === 'global-job'
}

function isGood(seen: Seen, service: ServiceFacts, task: TaskFacts): boolean {
  return (
    !isStale(seen.before, service, task) &&
    !['starting', 'unhealthy'].includes(healthOf(seen, task))
  )
}

/** Whether a task that was there before the op still runs a spec that the op has replaced. */
function isStale(before: StackFacts, service: ServiceFacts, task: TaskFacts): boolean {
  const previous = before.services.find(each => each.id === service.id)
  if (previous === undefined || previous.taskTemplateHash === service.taskTemplateHash) return false
  return (
    task.specHash !== service.taskTemplateHash && before.tasks.some(each => each.id === task.id)
  )
}

/** The health of a task's container; `none` too for a container on another node, which cannot be seen from here. */
export function healthOf({ now }: Seen, task: TaskFacts): string {
  return now.containers.find(container => container.taskId === task.id)?.health ?? 'none'
}
