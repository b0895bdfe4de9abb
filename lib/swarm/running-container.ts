import type { Engine } from './engine.js'
import { readStackFacts, type ContainerFacts, type StackFacts } from './stack.js'

/** The id of a running container of a service, of the newest task first; undefined while there is none. */
export async function runningContainer(
  engine: Engine,
  stack: string,
  service: string,
): Promise<string | undefined> {
  return pickContainer(await readStackFacts(engine, stack), service)?.id
}

/** Of a service's running containers the one whose task Swarm wants to run; healthy before others, newest task first. */
export function pickContainer(facts: StackFacts, service: string): ContainerFacts | undefined {
  const wanted = new Map(
    facts.tasks
      .filter(task => task.desiredState === 'running' && task.state === 'running')
      .map(task => [task.id, task.createdAtMs]),
  )
  const rank = (container: ContainerFacts) =>
    (container.health === 'unhealthy' ? 0 : 1e15) + (wanted.get(container.taskId) ?? 0)
  return facts.containers
    .filter(each => each.service === service && each.state === 'running')
    .filter(each => wanted.has(each.taskId))
    .sort((a, b) => rank(b) - rank(a))[0]
}
