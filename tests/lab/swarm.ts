import { setTimeout as sleep } from 'node:timers/promises'
import { linesOf, type Docker } from './docker.js'
import type { Log } from './places.js'

export const PROXY = 'proxy'
const PROXY_SUBNET = '10.200.0.0/16'
const SETTLE_LIMIT_MS = 60_000

/** What there is of a swarm. */
export type SwarmFacts = { readonly active: boolean; readonly proxy: boolean }
/** What the lab had to make of a swarm, and so has to unmake. */
export type SwarmShare = { readonly swarm: boolean; readonly proxy: boolean }

/** @param own a broken swarm of the lab's own engine counts as none */
export async function lookAtSwarm(docker: Docker, own: boolean): Promise<SwarmFacts> {
  const active = await isActive(docker, own)
  return { active, proxy: active && (await hasProxy(docker)) }
}

/** A single-node swarm and its `proxy` overlay, made where they are missing. */
export async function ensureSwarm(docker: Docker, own: boolean): Promise<SwarmShare> {
  const { active, proxy } = await lookAtSwarm(docker, own)
  if (!active) {
    if ((await stateOf(docker)) !== 'inactive') await docker(['swarm', 'leave', '--force'])
    await docker(['swarm', 'init', '--advertise-addr', '127.0.0.1'])
  }
  const overlay = ['--driver', 'overlay', '--attachable', '--subnet', PROXY_SUBNET]
  if (!proxy) await docker(['network', 'create', ...overlay, PROXY])
  return { swarm: !active, proxy: !proxy }
}

/** Gives back what `ensureSwarm` made, unless someone else uses it by now. */
export async function giveBackSwarm(docker: Docker, share: SwarmShare, log: Log): Promise<void> {
  if ((await stateOf(docker)) !== 'active') return
  const services = await linesOf(docker, ['service', 'ls', '--format', '{{.Name}}'])
  if (share.proxy && (await hasProxy(docker))) {
    const users = await usersOf(docker)
    if (users.length === 0) await docker(['network', 'rm', PROXY])
    else log(`leaving the network "${PROXY}", which is in use: ${users.join(', ')}`)
  }
  if (!share.swarm) return
  const nodes = await linesOf(docker, ['node', 'ls', '-q'])
  if (services.length === 0 && nodes.length === 1) await docker(['swarm', 'leave', '--force'])
  else
    log(`leaving the swarm, which is in use: ${[...services, `${nodes.length} nodes`].join(', ')}`)
}

/** An engine that was just started is "pending" until it has read what it knew of its swarm. */
async function isActive(docker: Docker, own: boolean): Promise<boolean> {
  const until = Date.now() + SETTLE_LIMIT_MS
  for (;;) {
    const state = await stateOf(docker)
    if (state === 'active' && (await answersAsManager(docker))) return true
    if (state === 'inactive' || (own && state === 'error')) return false
    if (Date.now() > until || state === 'error' || state === 'locked')
      throw new Error(
        `Cannot use the swarm of this engine: it is "${state}" ${await whyOf(docker)}`,
      )
    await sleep(200)
  }
}

/** A manager without a leader yet refuses every question. */
async function answersAsManager(docker: Docker): Promise<boolean> {
  try {
    await docker(['node', 'ls', '-q'])
    return true
  } catch {
    return false
  }
}

function stateOf(docker: Docker): Promise<string> {
  return docker(['info', '--format', '{{.Swarm.LocalNodeState}}'])
}

async function whyOf(docker: Docker): Promise<string> {
  const error = await docker(['info', '--format', '{{.Swarm.Error}}'])
  return error === '' ? 'and no manager answers' : `(${error})`
}

async function hasProxy(docker: Docker): Promise<boolean> {
  const ask = ['network', 'ls', '--filter', 'driver=overlay', '--format', '{{.Name}}']
  return (await linesOf(docker, ask)).includes(PROXY)
}

async function usersOf(docker: Docker): Promise<string[]> {
  const id = await docker(['network', 'inspect', '--format', '{{.Id}}', PROXY]).catch(() => '')
  if (id === '') return []
  const services = await linesOf(docker, ['service', 'ls', '-q'])
  const format = `{{.Spec.Name}}{{range .Spec.TaskTemplate.Networks}} {{.Target}}{{end}}`
  const lines =
    services.length === 0
      ? []
      : await linesOf(docker, ['service', 'inspect', '--format', format, ...services])
  const names = lines
    .filter(line =>
      line
        .split(' ')
        .slice(1)
        .some(target => target === id || target === PROXY),
    )
    .map(line => line.split(' ')[0] ?? '')
  const ask = ['ps', '--all', '--filter', `network=${PROXY}`, '--format', '{{.Names}}']
  return [...names, ...(await linesOf(docker, ask))]
}
