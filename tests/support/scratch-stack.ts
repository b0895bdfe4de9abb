import { createHash, randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { filterQuery, isAbsent, type Engine } from '../../lib/swarm/engine.js'
import { STACK_LABEL } from '../../lib/swarm/listing.js'
import { importBoxImage } from './box-image.js'

/** A service, in as few words as a test needs. Times in milliseconds. */
export type Sketch = {
  readonly name: string
  /** A shell line run by `sh -c`; an array is run as it is. Undefined: the image's own. */
  readonly run?: string | readonly string[]
  /** Default: the image of busybox alone. */
  readonly image?: string
  /** A shell line that is the health check. */
  readonly health?: string
  readonly healthEveryMs?: number
  readonly healthRetries?: number
  readonly startPeriodMs?: number
  readonly update?: {
    readonly order: 'stop-first' | 'start-first'
    readonly onFailure: 'pause' | 'rollback' | 'continue'
  }
  readonly replicas?: number
  readonly global?: boolean
  readonly restart?: { readonly condition: string; readonly maxAttempts?: number }
  /** Short volume name → target; a target that ends in `:ro` is read-only. */
  readonly volumes?: Readonly<Record<string, string>>
  /** Name → value: made for the stack, and a file below /run/secrets. */
  readonly secrets?: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
  readonly labels?: Readonly<Record<string, string>>
  readonly user?: string
  readonly memoryBytes?: number
  readonly reserveBytes?: number
  readonly constraints?: readonly string[]
  /** Published on the host itself. */
  readonly hostPort?: number
  /** Ids of networks. */
  readonly networks?: readonly string[]
}

/** A stack of this test alone; disposal removes all of it. */
export type ScratchStack = AsyncDisposable & {
  readonly name: string
  /** Creates services and updates those that exist, as `docker stack deploy` does. */
  deploy(services: readonly Sketch[]): Promise<void>
  remove(service: string): Promise<void>
}

const NS = 1e6
const MONITOR_MS = 2_000

export function scratchStack(engine: Engine): ScratchStack {
  const name = `swtest-${randomBytes(4).toString('hex')}`
  return {
    name,
    deploy: async services => {
      for (const sketch of services) await deployOne(engine, name, sketch)
    },
    remove: service => engine.remove(`/services/${name}_${service}`),
    [Symbol.asyncDispose]: () => removeAll(engine, name),
  }
}

/** Imported once; named after the code that makes it, so that an older one is never mistaken for it. */
export async function scratchImage(engine: Engine): Promise<string> {
  const source = await readFile(new URL('box-image.ts', import.meta.url))
  const tag = createHash('sha256').update(source).digest('hex').slice(0, 12)
  const image = `recipe-ci-test/scratch:${tag}`
  try {
    await engine.get(`/images/${image}/json`)
  } catch (error) {
    if (!isAbsent(error)) throw error
    await importBoxImage(image)
  }
  return image
}

async function deployOne(engine: Engine, stack: string, sketch: Sketch): Promise<void> {
  const spec = await specOf(engine, stack, sketch)
  try {
    const path = `/services/${stack}_${sketch.name}`
    const { Version } = await engine.get<{ Version: { Index: number } }>(path)
    await engine.post(`${path}/update?version=${Version.Index}`, spec)
  } catch (error) {
    if (!isAbsent(error)) throw error
    await engine.post('/services/create', spec)
  }
}

async function specOf(engine: Engine, stack: string, sketch: Sketch): Promise<unknown> {
  const secrets = await secretsOf(engine, stack, sketch.secrets ?? {})
  return {
    Name: `${stack}_${sketch.name}`,
    Labels: { ...sketch.labels, [STACK_LABEL]: stack },
    Mode:
      sketch.global === true ? { Global: {} } : { Replicated: { Replicas: sketch.replicas ?? 1 } },
    TaskTemplate: {
      ContainerSpec: {
        Image: sketch.image ?? (await scratchImage(engine)),
        ...containerOf(stack, sketch),
        Secrets: secrets,
      },
      Networks: (sketch.networks ?? []).map(Target => ({ Target })),
      Placement: { Constraints: sketch.constraints ?? [] },
      RestartPolicy: restartOf(sketch),
      Resources: {
        Limits: { MemoryBytes: sketch.memoryBytes ?? 0 },
        Reservations: { MemoryBytes: sketch.reserveBytes ?? 0 },
      },
    },
    UpdateConfig: updateOf(sketch),
    EndpointSpec: { Mode: 'dnsrr', Ports: portsOf(sketch) },
  }
}

async function secretsOf(engine: Engine, stack: string, secrets: Sketch['secrets'] & object) {
  const made = await engine.get<{ ID: string; Spec: { Name: string } }[]>('/secrets')
  return Promise.all(
    Object.entries(secrets).map(async ([name, value]) => {
      const SecretName = `${stack}_${name}`
      const known = made.find(({ Spec }) => Spec.Name === SecretName)
      const Data = Buffer.from(value).toString('base64')
      const { ID } =
        known ?? (await engine.post<{ ID: string }>('/secrets/create', { Name: SecretName, Data }))
      return { SecretID: ID, SecretName, File: { Name: name, UID: '0', GID: '0', Mode: 0o444 } }
    }),
  )
}

function restartOf({ restart }: Sketch) {
  if (restart === undefined) return { Condition: 'any' }
  return { Condition: restart.condition, MaxAttempts: restart.maxAttempts ?? 0, Delay: 1_000 * NS }
}

function updateOf({ update }: Sketch) {
  if (update === undefined) return { Parallelism: 1 }
  const { order: Order, onFailure: FailureAction } = update
  return { Parallelism: 1, Order, FailureAction, Monitor: MONITOR_MS * NS }
}

function portsOf({ hostPort }: Sketch) {
  if (hostPort === undefined) return []
  return [{ Protocol: 'tcp', PublishMode: 'host', TargetPort: 80, PublishedPort: hostPort }]
}

function containerOf(stack: string, sketch: Sketch) {
  const { run } = sketch
  return {
    ...(run === undefined ? {} : { Command: typeof run === 'string' ? ['sh', '-c', run] : run }),
    ...(sketch.user === undefined ? {} : { User: sketch.user }),
    Labels: { [STACK_LABEL]: stack },
    Env: Object.entries(sketch.env ?? {}).map(([key, value]) => `${key}=${value}`),
    Mounts: Object.entries(sketch.volumes ?? {}).map(([volume, target]) => ({
      Type: 'volume',
      Source: `${stack}_${volume}`,
      Target: target.replace(/:ro$/, ''),
      ReadOnly: target.endsWith(':ro'),
    })),
    StopGracePeriod: 500 * NS,
    ...(sketch.health === undefined
      ? {}
      : {
          Healthcheck: {
            Test: ['CMD-SHELL', sketch.health],
            Interval: (sketch.healthEveryMs ?? 500) * NS,
            Timeout: 3_000 * NS,
            Retries: sketch.healthRetries ?? 3,
            StartPeriod: (sketch.startPeriodMs ?? 0) * NS,
          },
        }),
  }
}

async function removeAll(engine: Engine, stack: string): Promise<void> {
  const mine = filterQuery({ label: [`${STACK_LABEL}=${stack}`] })
  for (const { ID } of await engine.get<{ ID: string }[]>(`/services?${mine}`)) {
    await engine.remove(`/services/${ID}`)
  }
  for (const until = Date.now() + 20_000; Date.now() < until;) {
    const left = await engine.get<{ Id: string }[]>(`/containers/json?all=1&${mine}`)
    const tasks = await engine.get<unknown[]>(`/tasks?${mine}`)
    if (left.length === 0 && tasks.length === 0) break
    for (const { Id } of left)
      await engine.remove(`/containers/${Id}?force=1`).catch(() => undefined)
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  for (const { ID, Spec } of await engine.get<{ ID: string; Spec: { Name: string } }[]>(
    '/secrets',
  )) {
    if (Spec.Name.startsWith(`${stack}_`)) await engine.remove(`/secrets/${ID}`)
  }
  const { Volumes } = await engine.get<{ Volumes: { Name: string }[] | null }>('/volumes')
  for (const { Name } of (Volumes ?? []).filter(each => each.Name.startsWith(`${stack}_`))) {
    await engine.remove(`/volumes/${Name}?force=1`).catch(() => undefined)
  }
}
