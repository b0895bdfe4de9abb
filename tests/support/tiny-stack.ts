import { randomBytes } from 'node:crypto'
import type { AppDomain } from '../../lib/domain/names.js'
import { stackOf } from '../../lib/domain/names.js'
import { isAbsent, type Engine } from '../../lib/swarm/engine.js'
import { STACK_LABEL } from '../../lib/swarm/listing.js'
import { importBoxImage } from './box-image.js'

/** A suffix of this test run alone. */
export const SUFFIX = `t${randomBytes(3).toString('hex')}.test`
const IMAGE = 'recipe-ci-test/busybox:1'

export function newDomain(): AppDomain {
  return `tiny-${randomBytes(3).toString('hex')}.${SUFFIX}` as AppDomain
}

/** Imports an image of nothing but a static busybox, if it is not there yet. */
export async function tinyImage(engine: Engine): Promise<string> {
  try {
    await engine.get(`/images/${encodeURIComponent(IMAGE)}/json`)
    return IMAGE
  } catch (error) {
    if (!isAbsent(error)) throw error
  }
  await importBoxImage(IMAGE)
  return IMAGE
}

/** The shared network that apps are reached through; `subnet` makes a small one of its own. */
export async function edgeNetwork(engine: Engine, subnet?: string): Promise<string> {
  const { Id } = await engine.post<{ Id: string }>('/networks/create', {
    Name: `recipe-ci-test-edge-${randomBytes(3).toString('hex')}`,
    Driver: 'overlay',
    Attachable: true,
    ...(subnet === undefined ? {} : { IPAM: { Config: [{ Subnet: subnet }] } }),
  })
  return Id
}

type Made = { readonly engine: Engine; readonly domain: AppDomain }
const labels = (stack: string) => ({ [STACK_LABEL]: stack })

/** A minimal app: one service on edge and an internal network, with a volume. Resolves when its task runs. */
export async function deployTiny(made: Made, edge: string): Promise<void> {
  await running(made.engine, await sendTiny(made, edge))
}

/** Asks for the app of {@link deployTiny} without waiting for it. Resolves with the id of its service. */
export async function sendTiny({ engine, domain }: Made, edge: string): Promise<string> {
  const stack = stackOf(domain)
  const image = await tinyImage(engine)
  const network = await engine.post<{ Id: string }>('/networks/create', {
    Name: `${stack}_internal`,
    Driver: 'overlay',
    Labels: labels(stack),
  })
  const { ID } = await engine.post<{ ID: string }>('/services/create', {
    Name: `${stack}_app`,
    Labels: labels(stack),
    TaskTemplate: {
      ContainerSpec: {
        Image: image,
        Command: ['/bin/sleep', '3600'],
        Labels: labels(stack),
        Mounts: [{ Type: 'volume', Source: `${stack}_data`, Target: '/data' }],
      },
      Networks: [{ Target: edge }, { Target: network.Id }],
    },
    EndpointSpec: { Mode: 'dnsrr' },
  })
  return ID
}

/** Resolves when a task of the service runs; throws what the Engine says when none does in two minutes. */
async function running(engine: Engine, service: string): Promise<void> {
  type Task = { Status: { State: string; Err?: string; Message?: string } }
  const filters = encodeURIComponent(JSON.stringify({ service: [service] }))
  let seen: Task[] = []
  for (const until = Date.now() + 120_000; Date.now() < until;) {
    seen = await engine.get<Task[]>(`/tasks?filters=${filters}`)
    if (seen.some(({ Status }) => Status.State === 'running')) return
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  throw new Error(`No task runs: ${JSON.stringify(seen.map(({ Status }) => Status))}`)
}

/** A secret or config, with the label of a stack or, as abra makes them, without. */
export async function addData(
  engine: Engine,
  kind: 'secret' | 'config',
  { name, stack }: { name: string; stack?: string },
): Promise<void> {
  await engine.post(`/${kind}s/create`, {
    Name: name,
    Data: Buffer.from('of a test').toString('base64'),
    ...(stack === undefined ? {} : { Labels: labels(stack) }),
  })
}

export async function addVolume(engine: Engine, name: string, stack?: string): Promise<void> {
  await engine.post('/volumes/create', {
    Name: name,
    ...(stack === undefined ? {} : { Labels: labels(stack) }),
  })
}

/** A plain container, started; of no swarm service. */
export async function addContainer(
  engine: Engine,
  name: string,
  host: Record<string, unknown> = {},
): Promise<string> {
  const { Id } = await engine.post<{ Id: string }>(`/containers/create?name=${name}`, {
    Image: await tinyImage(engine),
    Cmd: ['/bin/sleep', '3600'],
    Volumes: { '/anonymous': {} },
    HostConfig: { NetworkMode: 'none', ...host },
  })
  await engine.post(`/containers/${Id}/start`)
  return Id
}
