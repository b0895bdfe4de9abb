import type { ServiceFacts, StackFacts, TaskFacts } from '../domain/stack-facts.js'

/** What readiness is judged by: the stack before the op and now, and what was noted of its tasks. */
export type Seen = {
  readonly before: StackFacts
  readonly now: StackFacts & { readonly atMs: number }
  readonly lives: readonly {
    readonly task: TaskFacts
    readonly endedMs: number | undefined
    readonly stateSinceMs: number
    readonly unhealthy: boolean
    readonly oom: boolean
  }[]
}

/** Whether a task that was there before the op still runs a spec that the op has replaced. */
export function isStale({ before }: Seen, service: ServiceFacts, task: TaskFacts): boolean {
  const previous = before.services.find(each => each.id === service.id)
  if (previous === undefined || previous.taskTemplateHash === service.taskTemplateHash) return false
  return (
    task.specHash !== service.taskTemplateHash && before.tasks.some(each => each.id === task.id)
  )
}

/** Whether a task is to run and does, and its health check, if it has one, has passed. */
export function runsWell(seen: Seen, task: TaskFacts): boolean {
  const runs = task.desiredState === 'running' && task.state === 'running'
  return runs && !['starting', 'unhealthy'].includes(healthOf(seen, task))
}

/** The health of a task's container; `none` too for a container on another node, which cannot be seen from here. */
export function healthOf({ now }: Seen, task: TaskFacts): string {
  return now.containers.find(container => container.taskId === task.id)?.health ?? 'none'
}

/** Whether the service's update status was written after the op: an old one stays for ever. */
export function updateIsNew({ before }: Seen, service: ServiceFacts): boolean {
  const previous = before.services.find(each => each.id === service.id)
  return service.update !== undefined && service.update.startedAt !== previous?.update?.startedAt
}
