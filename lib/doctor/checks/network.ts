import type { Observation } from '../../domain/finding.js'
import type { Engine } from '../../swarm/engine.js'
import { filterQuery } from '../../swarm/engine.js'
import type { Bench } from '../bench.js'
import type { Check } from '../examine.js'
import { fail, needed, ok, warn } from '../look.js'

/** The network that Co-op Cloud's Traefik and every app behind it share. */
const NAME = 'proxy'
/** A /24 lasts about 250 careless removals; a /16 for good. */
const SMALLEST_PREFIX = 24
const ALARM_SHARE = 0.7
const MAKE = 'docker network create -d overlay --attachable --subnet 10.200.0.0/16 proxy'
const GROW = `Take the apps on it down, "docker network rm proxy", then "${MAKE}"`

type Network = {
  readonly Id: string
  readonly Name: string
  readonly Driver?: string
  readonly Scope?: string
  readonly Attachable?: boolean
  readonly IPAM?: { readonly Config?: readonly { readonly Subnet?: string }[] | null }
}

type Attached = {
  readonly Network?: { readonly ID?: string }
  readonly Addresses?: readonly string[]
}
type Task = { readonly NetworksAttachments?: readonly Attached[] | null }
type Service = {
  readonly Endpoint?: {
    readonly VirtualIPs?: readonly { readonly NetworkID?: string; readonly Addr?: string }[] | null
  }
}

/** The shared network, whose addresses run out first. */
export const NETWORK_CHECKS: readonly Check<Bench>[] = [
  {
    id: 'proxy-network',
    about: 'the overlay network "proxy" exists and is larger than a /24',
    look: async (bench, signal) => {
      const network = await networkOf(await needed(bench.engine(), 'engine'), signal)
      if (network === undefined) return fail(`there is no network "${NAME}"`, `Run "${MAKE}"`)
      if (network.Driver !== 'overlay')
        return fail(
          `the network "${NAME}" is no overlay, but ${network.Driver ?? 'of unknown kind'}`,
          GROW,
        )
      return judgeSize(network)
    },
  },
  {
    id: 'proxy-addresses',
    about: 'fewer than 70 % of the addresses of "proxy" are in use',
    look: async (bench, signal) => {
      const engine = await needed(bench.engine(), 'engine')
      const network = await networkOf(engine, signal)
      if (network === undefined) return needed(Promise.reject(new Error(NAME)), 'proxy-network')
      return judgeUse(await inUse(engine, network.Id, signal), usable(prefixesOf(network)))
    },
  },
]

async function networkOf(engine: Engine, signal: AbortSignal): Promise<Network | undefined> {
  const query = filterQuery({ name: [NAME] })
  const networks = await engine.get<Network[]>(`/networks?${query}`, { signal })
  return networks.find(({ Name }) => Name === NAME)
}

function judgeSize(network: Network): Observation {
  const subnets = (network.IPAM?.Config ?? []).flatMap(({ Subnet }) => Subnet ?? [])
  const attachable = network.Attachable === true ? 'attachable' : 'not attachable'
  const seen = `overlay, ${attachable}, ${subnets.join(', ') || 'of unknown size'}`
  const widest = Math.min(...prefixesOf(network))
  return widest >= SMALLEST_PREFIX
    ? warn(`${seen}: so small a network runs out of addresses`, GROW)
    : ok(seen)
}

function prefixesOf({ IPAM }: Network): readonly number[] {
  const subnets = (IPAM?.Config ?? []).flatMap(({ Subnet }) => Subnet ?? [])
  return subnets.filter(subnet => subnet.includes('.')).map(subnet => Number(subnet.split('/')[1]))
}

/** All but the addresses of the net itself, of its gateway and of its broadcast. */
function usable(prefixes: readonly number[]): number {
  return prefixes.reduce((sum, prefix) => sum + Math.max(0, 2 ** (32 - prefix) - 3), 0)
}

/** Addresses of tasks and of services that have one, and one for this node's load balancer. */
async function inUse(engine: Engine, id: string, signal: AbortSignal): Promise<number> {
  const query = filterQuery({ 'desired-state': ['running'] })
  const [tasks, services] = await Promise.all([
    engine.get<Task[]>(`/tasks?${query}`, { signal }),
    engine.get<Service[]>('/services', { signal }),
  ])
  const ofTasks = tasks
    .flatMap(({ NetworksAttachments }) => NetworksAttachments ?? [])
    .filter(({ Network: network }) => network?.ID === id)
    .flatMap(({ Addresses }) => Addresses ?? [])
  const ofServices = services
    .flatMap(({ Endpoint }) => Endpoint?.VirtualIPs ?? [])
    .filter(({ NetworkID, Addr }) => NetworkID === id && Addr !== undefined)
  return ofTasks.length + ofServices.length + 1
}

/** No API shows an address that a careless removal has lost: the share that is seen is the least there can be. */
export function judgeUse(used: number, of: number): Observation {
  if (of === 0)
    return warn(`${used} in use, of an unknown number`, `Make it with a subnet: ${MAKE}`)
  const seen = `${used} of ${of} addresses in use`
  return used / of >= ALARM_SHARE
    ? fail(`${seen}: the next apps may hang in "New"`, GROW)
    : ok(`${seen}; lost ones cannot be seen`)
}
