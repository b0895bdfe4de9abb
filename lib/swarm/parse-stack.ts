import type {
  ContainerFacts,
  MountFacts,
  ServiceFacts,
  ServiceMode,
  StackFacts,
  TaskFacts,
} from '../domain/stack-facts.js'
import { hashTaskSpec } from './canonical-hash.js'
import { globalPlaces } from './convergence-places.js'
import type {
  RawContainer,
  RawContainerSpec,
  RawDriver,
  RawMode,
  RawService,
  RawTask,
} from './raw.js'

/** Puts the Engine's three answers about one stack into facts. */
export function parseStack(
  stack: string,
  raw: { services: RawService[]; tasks: RawTask[]; containers: RawContainer[] },
): StackFacts {
  const tasks = raw.tasks.map(taskOf)
  const services = raw.services
    .map(service => serviceOf(stack, service, tasks))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  return { services, tasks, containers: raw.containers.map(each => containerOf(stack, each)) }
}

function serviceOf(stack: string, raw: RawService, tasks: readonly TaskFacts[]): ServiceFacts {
  const { Name: fullName, Labels: labels, TaskTemplate: template } = raw.Spec
  const own = tasks.filter(task => task.serviceId === raw.ID)
  const mode = modeOf(raw.Spec.Mode)
  return {
    id: raw.ID,
    name: withoutPrefix(stack, fullName),
    fullName,
    labels: record(labels),
    ...mode,
    ...containerPart(template?.ContainerSpec),
    networks: list(template?.Networks).map(network => text(network.Target)),
    hostPorts: hostPortsOf(raw),
    restart: restartOf(template?.RestartPolicy?.Condition),
    restartDelayMs: number(template?.RestartPolicy?.Delay) / 1e6,
    failureAction: failureActionOf(raw.Spec.UpdateConfig?.FailureAction),
    update: updateOf(raw),
    version: number(raw.Version?.Index),
    taskTemplateHash: hashTaskSpec(template),
    running: own.filter(task => task.state === 'running' && task.desiredState === 'running').length,
    desired: mode.replicas ?? globalPlaces(own).length,
  }
}

function containerPart(spec: RawContainerSpec | undefined) {
  const specImage = text(spec?.Image)
  return {
    image: text(specImage.split('@')[0]),
    specImage,
    containerLabels: record(spec?.Labels),
    env: list(spec?.Env),
    user: text(spec?.User),
    mounts: list(spec?.Mounts)
      .filter(mount => mount.Type === 'volume' && text(mount.Source) !== '')
      .map(mount => ({
        volume: text(mount.Source),
        target: text(mount.Target),
        readOnly: mount.ReadOnly === true,
        ...driverPart(mount.VolumeOptions?.DriverConfig),
      })),
    secrets: list(spec?.Secrets).map(({ SecretName: name, File: file }) => ({
      name: text(name),
      file: secretPath(file?.Name ?? text(name)),
    })),
    healthcheck: healthcheckOf(spec?.Healthcheck),
  }
}

function driverPart(config: RawDriver | undefined): Pick<MountFacts, 'driver'> {
  const driver = { name: text(config?.Name), options: record(config?.Options) }
  return driver.name === '' && Object.keys(driver.options).length === 0 ? {} : { driver }
}

function healthcheckOf(check: RawContainerSpec['Healthcheck']): ServiceFacts['healthcheck'] {
  const test = list(check?.Test)
  if (test.length === 0 || test[0] === 'NONE') return undefined
  return {
    test,
    intervalMs: number(check?.Interval) / 1e6,
    startPeriodMs: number(check?.StartPeriod) / 1e6,
    retries: number(check?.Retries),
  }
}

/** A relative target of a secret lies below /run/secrets. */
function secretPath(name: string): string {
  return name.startsWith('/') ? name : `/run/secrets/${name}`
}

function modeOf(mode: RawMode = {}): { mode: ServiceMode; replicas: number | null } {
  if (mode.Global !== undefined) return { mode: 'global', replicas: null }
  if (mode.GlobalJob !== undefined) return { mode: 'global-job', replicas: null }
  if (mode.ReplicatedJob !== undefined) {
    return { mode: 'replicated-job', replicas: mode.ReplicatedJob.TotalCompletions ?? 1 }
  }
  return { mode: 'replicated', replicas: mode.Replicated?.Replicas ?? 1 }
}

function hostPortsOf(raw: RawService): number[] {
  const ports = list(raw.Spec.EndpointSpec?.Ports)
  return ports.filter(port => port.PublishMode === 'host').map(port => number(port.PublishedPort))
}

function restartOf(condition: string | undefined): ServiceFacts['restart'] {
  return condition === 'none' || condition === 'on-failure' ? condition : 'any'
}

function failureActionOf(action: string | undefined): ServiceFacts['failureAction'] {
  return action === 'rollback' || action === 'continue' ? action : 'pause'
}

function updateOf({ UpdateStatus: update }: RawService): ServiceFacts['update'] {
  if (update?.State === undefined) return undefined
  const { State: state, StartedAt: startedAt, Message: message } = update
  return { state, startedAt: text(startedAt), message: text(message) }
}

function taskOf(raw: RawTask): TaskFacts {
  return {
    id: raw.ID,
    serviceId: text(raw.ServiceID),
    slot: number(raw.Slot),
    nodeId: text(raw.NodeID),
    desiredState: text(raw.DesiredState),
    createdAtMs: timeOf(raw.CreatedAt),
    image: text(raw.Spec?.ContainerSpec?.Image),
    specHash: hashTaskSpec(raw.Spec),
    ...statusOf(raw.Status),
  }
}

function statusOf(status: RawTask['Status'] = {}) {
  const containerId = text(status.ContainerStatus?.ContainerID)
  return {
    state: text(status.State),
    atMs: timeOf(status.Timestamp),
    error: text(status.Err),
    message: text(status.Message),
    exitCode: status.ContainerStatus?.ExitCode,
    containerId: containerId === '' ? undefined : containerId,
  }
}

function containerOf(stack: string, raw: RawContainer): ContainerFacts {
  const labels = record(raw.Labels)
  return {
    id: raw.Id,
    service: withoutPrefix(stack, text(labels['com.docker.swarm.service.name'])),
    taskId: text(labels['com.docker.swarm.task.id']),
    state: text(raw.State),
    health: healthOf(text(raw.Status)),
  }
}

/** The list of containers tells health only inside its status text: `Up 2 seconds (health: starting)`. */
function healthOf(status: string): ContainerFacts['health'] {
  if (status.includes('(healthy)')) return 'healthy'
  if (status.includes('(unhealthy)')) return 'unhealthy'
  return status.includes('(health: starting)') ? 'starting' : 'none'
}

function withoutPrefix(stack: string, name: string): string {
  return name.startsWith(`${stack}_`) ? name.slice(stack.length + 1) : name
}

function timeOf(stamp: string | undefined): number {
  const at = Date.parse(text(stamp))
  return Number.isNaN(at) ? 0 : at
}

// The Engine leaves out what is empty, and sometimes says null.
function text(value: string | null | undefined): string {
  return value ?? ''
}

function number(value: number | null | undefined): number {
  return value ?? 0
}

function list<T>(value: readonly T[] | null | undefined): readonly T[] {
  return value ?? []
}

function record(value: Record<string, string> | null | undefined): Record<string, string> {
  return value ?? {}
}
