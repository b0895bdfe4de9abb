import type { ServiceFacts, StackFacts, TaskFacts } from '../domain/stack-facts.js'

/** What readiness is judged by: the stack before the op and now. */
export type Seen = { readonly before: StackFacts; readonly now: StackFacts }

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
  const tasks = seen.now.tasks.filter(task => task.serviceId === service.id)
  const live = tasks.filter(task => task.desiredState === 'running')
  const running = live.filter(task => task.state === 'running' && isGood(seen, service, task))
  const finished = hasFinishedByDesign(seen, service) ? (service.replicas ?? 1) : 0
  const wanted = service.replicas ?? (service.mode === 'global' ? live.length : 1)
  return { good: Math.max(running.length, finished), wanted }
}

/**
 * A job, or a service that is not to be restarted, whose last task ended with exit code 0: it is done. What ended before
 * the op does not count for a spec that the op has brought: Swarm starts it anew.
 */
export function hasFinishedByDesign({ before, now }: Seen, service: ServiceFacts): boolean {
  const job = service.mode === 'replicated-job' || service.mode === 'global-job'
  if (!job && service.restart === 'any') return false
  const wanted = service.replicas ?? 1
  const done = now.tasks.filter(
    task =>
      task.serviceId === service.id &&
      task.state === 'complete' &&
      (task.exitCode ?? 0) === 0 &&
      !isStale(before, service, task),
  )
  return wanted > 0 && done.length >= wanted
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
