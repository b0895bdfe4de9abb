import {
  beginHistory,
  extendHistory,
  type History,
  type Observation,
} from '../../lib/swarm/convergence-history.js'
import type { ContainerFacts, ServiceFacts, StackFacts, TaskFacts } from '../../lib/swarm/stack.js'

/** A service as the Engine would describe it, with these differences from a plain one. */
export function service(name: string, more: Partial<ServiceFacts> = {}): ServiceFacts {
  return {
    id: `id-${name}`,
    name,
    fullName: `stack_${name}`,
    image: 'app:1',
    specImage: 'app:1',
    labels: {},
    containerLabels: {},
    mode: 'replicated',
    replicas: 1,
    mounts: [],
    env: [],
    user: '',
    secrets: [],
    networks: [],
    hostPorts: [],
    healthcheck: undefined,
    restart: 'any',
    restartDelayMs: 0,
    failureAction: 'pause',
    update: undefined,
    version: 1,
    taskTemplateHash: 'one',
    running: 1,
    desired: 1,
    ...more,
  }
}

export const HEALTHCHECK = { test: ['CMD', 'true'], intervalMs: 1000, startPeriodMs: 0, retries: 3 }

/** A running task of a service. */
export function task(of: string, id: string, more: Partial<TaskFacts> = {}): TaskFacts {
  return {
    id,
    serviceId: `id-${of}`,
    slot: 1,
    nodeId: 'node',
    state: 'running',
    desiredState: 'running',
    atMs: 0,
    createdAtMs: 0,
    error: '',
    message: '',
    exitCode: undefined,
    containerId: `container-${id}`,
    image: 'app:1',
    specHash: 'one',
    ...more,
  }
}

/** A task that ended with an exit code. */
export function ended(
  of: string,
  id: string,
  { exitCode, ...more }: { exitCode: number } & Partial<TaskFacts>,
): TaskFacts {
  return task(of, id, {
    state: exitCode === 0 ? 'complete' : 'failed',
    desiredState: 'shutdown',
    exitCode,
    error: exitCode === 0 ? '' : `task: non-zero exit (${exitCode})`,
    ...more,
  })
}

export function container(
  of: string,
  taskId: string,
  health: ContainerFacts['health'],
): ContainerFacts {
  return { id: `container-${taskId}`, service: of, taskId, state: 'running', health }
}

export const NOTHING: StackFacts = { services: [], tasks: [], containers: [] }

export function look(
  atMs: number,
  facts: Partial<StackFacts>,
  notes: Observation['notes'] = [],
): Observation {
  return { ...NOTHING, ...facts, atMs, notes }
}

/** What these looks come to, after an op that returned before the first of them. */
export function historyOf(looks: readonly Observation[], before: StackFacts = NOTHING): History {
  return looks.reduce(extendHistory, { ...beginHistory(before), opEndedMs: 1 })
}
