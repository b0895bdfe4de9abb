import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { dockerAt, succeeds } from './docker.js'
import { OWN_HOST, ownEngine, startOwnEngine } from './own-engine.js'
import type { Log } from './places.js'

/** How long an engine that listens may take to answer: one that was just started reads its data first. */
const ANSWER_LIMIT_MS = 60_000

export type LabEngine = {
  /** For DOCKER_HOST. */
  readonly host: string
  /** Whether the lab started it, and so has to stop it. */
  readonly own: boolean
}

/**
 * The engine that docker's own rules name (DOCKER_HOST, the context, the default socket); undefined when nobody listens
 * at the default socket, so that the lab may start one there.
 * @throws Error when an engine is named and can not be used
 */
export async function findEngine(): Promise<LabEngine | undefined> {
  const host = await namedHost()
  const listening = await listens(host)
  if (!listening && host === OWN_HOST) return undefined
  if (!(await answers(host, listening ? ANSWER_LIMIT_MS : 0)))
    throw new Error(`Cannot use the Docker engine at "${host}": it does not answer`)
  return { host, own: host === OWN_HOST && (await ownEngine()) !== undefined }
}

/** The engine that is there, else one of the lab's own. */
export async function reachEngine(log: Log): Promise<LabEngine> {
  const found = await findEngine()
  if (found !== undefined) return found
  await startOwnEngine(log)
  return { host: OWN_HOST, own: true }
}

/** Without a docker command there is no context either. */
async function namedHost(): Promise<string> {
  const given = process.env['DOCKER_HOST'] ?? ''
  if (given !== '') return given
  const ask = ['context', 'inspect', '--format', '{{.Endpoints.docker.Host}}']
  const { stdout, exitCode } = await execa('docker', ask, { reject: false })
  const named = exitCode === 0 ? stdout.trim() : ''
  return named === '' || named === 'unix:///run/docker.sock' ? OWN_HOST : named
}

/** Whether someone accepts connections at a unix socket; what is no socket is left to docker to find out. */
function listens(host: string): Promise<boolean> {
  const path = host.startsWith('unix://') ? host.slice('unix://'.length) : undefined
  if (path === undefined) return Promise.resolve(true)
  return new Promise((resolve, reject) => {
    const socket = connect(path)
    socket.on('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolve(false)
      else reject(new Error(`Cannot use the Docker engine at "${host}": ${error.message}`))
    })
  })
}

async function answers(host: string, limitMs: number): Promise<boolean> {
  const until = Date.now() + limitMs
  for (;;) {
    if (await succeeds(dockerAt(host), ['version', '--format', '{{.Server.Version}}'])) return true
    if (Date.now() >= until) return false
    await sleep(200)
  }
}

/** Where docker's socket lies on the machine of the engine. */
export function socketOf(host: string): string {
  return host.startsWith('unix://') ? host.slice('unix://'.length) : '/var/run/docker.sock'
}
