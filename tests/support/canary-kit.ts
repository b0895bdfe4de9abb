import type { Test } from 'tap'
import { createCanaries, type Canaries } from '../../lib/canary/canaries.js'
import type { Check } from '../../lib/domain/check.js'
import type { CanarySkip } from '../../lib/domain/meta.js'
import type { TaskFacts } from '../../lib/domain/stack-facts.js'
import { connectEngine, type Engine, type ExecOutcome } from '../../lib/swarm/engine.js'
import { runningContainer } from '../../lib/swarm/running-container.js'
import {
  readStack,
  readStackFacts,
  type ServiceFacts,
  type StackFacts,
} from '../../lib/swarm/stack.js'
import { buildImages, type LabImages } from '../lab/images.js'
import { dockerAt } from '../lab/docker.js'
import { scratchStack, type Sketch } from './scratch-stack.js'
import { testLab } from './test-lab.js'

export const RUN_ID = 'test-7'
export const FILE = `.recipe-ci-canary-${RUN_ID}`

/** A stack on the real engine, with the canaries of a run in it. */
export type CanaryKit = {
  readonly engine: Engine
  readonly stack: string
  readonly images: LabImages
  /** Creates and updates services; resolves when all of them run, and are healthy where they can tell. */
  readonly deploy: (...services: readonly Sketch[]) => Promise<readonly ServiceFacts[]>
  /** The canaries of the services that run now, written. */
  readonly canaries: (skips?: Readonly<Record<string, CanarySkip>>) => Promise<Canaries>
  readonly exec: (service: string, line: string, user?: string) => Promise<ExecOutcome>
}

export async function canaryKit(t: Test): Promise<CanaryKit> {
  const lab = await testLab()
  const engine = await connectEngine({ ...process.env, DOCKER_HOST: lab.dockerHost })
  const scratch = scratchStack(engine)
  const stack = scratch.name
  t.teardown(async () => {
    await scratch[Symbol.asyncDispose]()
    engine.close()
  })
  return {
    engine,
    stack,
    images: await buildImages(dockerAt(lab.dockerHost), () => undefined),
    deploy: async (...services) => {
      const before = await readStackFacts(engine, stack)
      await scratch.deploy(services)
      return settled(engine, stack, before)
    },
    canaries: async (canary = {}) => {
      const services = await readStack(engine, stack)
      const emit = () => undefined
      const made = createCanaries({
        engine,
        stack,
        runId: RUN_ID,
        services,
        meta: { canary },
        emit,
      })
      await made.write()
      return made
    },
    exec: async (service, line, user) => {
      const id = await runningContainer(engine, stack, service)
      if (id === undefined) throw new Error(`${service} does not run`)
      const request = { cmd: ['sh', '-c', line], deadlineMs: 30_000 }
      return engine.exec(id, user === undefined ? request : { ...request, user })
    },
  }
}

/**
 * Waits until the newest task of every service runs, in good health, and no older one does. Of a service that was changed
 * the tasks from before are older, also before Swarm has begun the update.
 */
async function settled(
  engine: Engine,
  stack: string,
  before: StackFacts,
): Promise<readonly ServiceFacts[]> {
  const isOld = (service: ServiceFacts, task: TaskFacts) => {
    const previous = before.services.find(({ id }) => id === service.id)
    const changed = previous?.taskTemplateHash !== service.taskTemplateHash
    return changed && before.tasks.some(({ id }) => id === task.id)
  }
  for (const until = Date.now() + 90_000; Date.now() < until;) {
    const { services, tasks, containers } = await readStackFacts(engine, stack)
    const ready = services.every(service => {
      if (service.update?.state === 'updating') return false
      const wanted = tasks.filter(
        task => task.serviceId === service.id && task.desiredState === 'running',
      )
      return (
        wanted.length === service.desired &&
        wanted.every(task => task.state === 'running' && isUp(task.containerId)) &&
        !wanted.some(task => isOld(service, task))
      )
    })
    function isUp(id: string | undefined) {
      const found = containers.find(each => each.id === id)
      return found?.state === 'running' && (found.health === 'none' || found.health === 'healthy')
    }
    if (ready) return services
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  throw new Error(`${stack} does not settle`)
}

/** What of a check a test looks at. */
export const verdicts = (checks: readonly Check[]) =>
  checks.map(({ name, status, cause }) => [name, status, ...(cause ? [cause.class] : [])])
