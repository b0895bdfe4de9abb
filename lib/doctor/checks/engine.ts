import type { Observation } from '../../domain/finding.js'
import type { Bench } from '../bench.js'
import type { EngineInfo } from '../engine-info.js'
import type { Check } from '../examine.js'
import { fail, needed, ok, warn } from '../look.js'

/** Engine 20.10: the oldest that recipe-ci was run on. */
const OLDEST_API = 41

type Node = {
  readonly Spec?: { readonly Availability?: string }
  readonly Status?: { readonly State?: string }
}

/** Docker and its swarm. */
export const ENGINE_CHECKS: readonly Check<Bench>[] = [
  { id: 'engine', about: 'the Docker Engine answers; its version', look: lookAtEngine },
  {
    id: 'swarm',
    about: 'the swarm is active, of one node, and that is a manager which takes tasks',
    look: lookAtSwarm,
  },
]

async function lookAtEngine(bench: Bench): Promise<Observation> {
  const engine = await bench.engine()
  const { ServerVersion: version = 'of an unknown version' } = await bench.info()
  const seen = `Docker ${version}, API ${engine.apiVersion}, at ${engine.name}`
  const minor = Number(engine.apiVersion.split('.')[1] ?? OLDEST_API)
  return minor < OLDEST_API
    ? warn(`${seen}: older than any that recipe-ci was tried on`, 'Install Docker 20.10 or later')
    : ok(seen)
}

async function lookAtSwarm(bench: Bench, signal: AbortSignal): Promise<Observation> {
  const engine = await needed(bench.engine(), 'engine')
  const { Swarm: swarm } = await needed(bench.info(), 'engine')
  const broken = judgeSwarm(swarm)
  if (broken !== undefined) return broken
  const id = swarm?.NodeID ?? ''
  const node = await engine.get<Node>(`/nodes/${id}`, { signal })
  return judgeNodes(node, { id, nodes: swarm?.Nodes ?? 1 })
}

function judgeSwarm(swarm: EngineInfo['Swarm']): Observation | undefined {
  const state = swarm?.LocalNodeState ?? 'unknown'
  if (state !== 'active') return fail(`swarm is ${state}`, 'Run "docker swarm init"')
  if (swarm?.ControlAvailable === true) return undefined
  return fail('this node is no manager', 'Run recipe-ci on a manager of the swarm')
}

function judgeNodes(
  { Spec, Status }: Node,
  { id, nodes }: { readonly id: string; readonly nodes: number },
): Observation {
  const availability = Spec?.Availability ?? 'unknown'
  if (availability !== 'active')
    return fail(
      `this node is on ${availability}: no task would run on it`,
      `Run "docker node update --availability active ${id}"`,
    )
  if (nodes > 1)
    return warn(
      `${nodes} nodes: apps may land where recipe-ci cannot reach their containers`,
      'Give CI a swarm of one node',
    )
  return ok(`active, one manager, ${Status?.State ?? 'of unknown state'}`)
}
