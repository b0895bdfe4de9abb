import { linesOf, succeeds, type Docker } from './docker.js'

/** What the lab had to make of a swarm, and so has to unmake. */
export type SwarmShare = { readonly initialised: boolean; readonly proxy: boolean }

/** A single-node swarm and its `proxy` overlay, made where they are missing. */
export async function ensureSwarm(docker: Docker): Promise<SwarmShare> {
  const state = await docker(['info', '--format', '{{.Swarm.LocalNodeState}}'])
  const initialised = state !== 'active'
  if (initialised) await docker(['swarm', 'init', '--advertise-addr', '127.0.0.1'])
  const names = await linesOf(docker, [
    'network',
    'ls',
    '--filter',
    'driver=overlay',
    '--format',
    '{{.Name}}',
  ])
  const proxy = !names.includes('proxy')
  if (proxy)
    await docker([
      'network',
      'create',
      '--driver',
      'overlay',
      '--attachable',
      '--subnet',
      '10.200.0.0/16',
      'proxy',
    ])
  return { initialised, proxy }
}

/** Takes a stack of the lab down: services, then containers by force, then the rest, which leaks no address. */
export async function removeStack(docker: Docker, stack: string): Promise<void> {
  await removeAll(docker, [`label=com.docker.stack.namespace=${stack}`])
}

/** Takes down whatever the runs of a lab left: everything whose name holds the lab's suffix. */
export async function removeApps(docker: Docker, suffix: string): Promise<void> {
  await removeAll(docker, [`name=_${suffix.replaceAll('.', '_')}_`])
}

const KINDS = ['network', 'volume', 'secret', 'config'] as const

async function removeAll(docker: Docker, filters: readonly string[]): Promise<void> {
  const list = (kind: string, ...more: string[]): Promise<string[]> =>
    linesOf(docker, [kind, 'ls', '-q', ...more, ...filters.flatMap(filter => ['--filter', filter])])
  const services = await list('service')
  if (services.length > 0) await docker(['service', 'rm', ...services])
  for (let round = 0; round < 50; round++) {
    const containers = await list('container', '--all')
    if (containers.length === 0) break
    await succeeds(docker, ['rm', '--force', ...containers])
  }
  for (const kind of KINDS)
    for (const name of await list(kind)) await removeStubborn(docker, [kind, 'rm', name])
}

// A network or volume may be in use for a moment after its last container is gone.
async function removeStubborn(docker: Docker, args: readonly string[]): Promise<void> {
  for (let round = 0; round < 50; round++) if (await succeeds(docker, args)) return
}
