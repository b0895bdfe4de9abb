import type { ServiceFacts, StackFacts } from '../domain/stack-facts.js'
import { filterQuery, type CallOptions, type Engine } from './engine.js'
import { parseStack } from './parse-stack.js'
import type { RawContainer, RawService, RawTask } from './raw.js'

export type { ContainerFacts, ServiceFacts, StackFacts, TaskFacts } from '../domain/stack-facts.js'

const NAMESPACE = 'com.docker.stack.namespace'

/** The services of a stack, ordered by name. An absent stack has none. Throws EngineFault. */
export async function readStack(engine: Engine, stack: string): Promise<readonly ServiceFacts[]> {
  return (await readStackFacts(engine, stack)).services
}

/** Services, tasks and containers of a stack in three calls at once. Throws EngineFault. */
export async function readStackFacts(
  engine: Engine,
  stack: string,
  options?: CallOptions,
): Promise<StackFacts> {
  const filter = filterQuery({ label: [`${NAMESPACE}=${stack}`] })
  const [services, tasks, containers] = await Promise.all([
    engine.get<RawService[]>(`/services?${filter}`, options),
    engine.get<RawTask[]>(`/tasks?${filter}`, options),
    engine.get<RawContainer[]>(`/containers/json?all=1&${filter}`, options),
  ])
  return parseStack(stack, { services, tasks, containers })
}
