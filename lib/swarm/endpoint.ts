import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Env } from '../domain/env.js'
import { AbsentFault } from '../errors.js'

/** Where the Docker Engine listens. */
export type Endpoint = { readonly name: string } & (
  | { readonly kind: 'unix'; readonly socketPath: string }
  | {
      readonly kind: 'tcp'
      readonly host: string
      readonly port: number
      /** Folder with ca.pem, cert.pem and key.pem; undefined: plain HTTP. */
      readonly tlsDir: string | undefined
    }
)

const DEFAULT = 'unix:///var/run/docker.sock'
const HINT = 'Set DOCKER_HOST to a unix:// or tcp:// address of a Docker Engine'

/**
 * Finds the Engine in the order of the docker command: DOCKER_HOST, then the context that DOCKER_CONTEXT or the
 * client's config file names, then the default socket. Throws {@link AbsentFault} for a context that does not exist
 * or an address that is neither unix:// nor tcp://.
 */
export async function findEndpoint(env: Env): Promise<Endpoint> {
  const host = env['DOCKER_HOST']
  if (host !== undefined && host !== '') return parseEndpoint(host, tlsDirOf(env))
  const context = await contextName(env)
  if (context === undefined) return parseEndpoint(DEFAULT, undefined)
  return await contextEndpoint(configDir(env), context)
}

/** Reads a DOCKER_HOST value. Throws {@link AbsentFault} for a scheme that is not spoken here. */
function parseEndpoint(host: string, tlsDir: string | undefined): Endpoint {
  const unix = /^unix:\/\/(\/.+)$/.exec(host)
  if (unix?.[1] !== undefined) return { kind: 'unix', name: host, socketPath: unix[1] }
  const tcp = /^tcp:\/\/(\[[^\]]+\]|[^:/[]+)(?::(\d+))?\/?$/.exec(host)
  if (tcp?.[1] === undefined) {
    throw new AbsentFault(`Cannot reach Docker at "${host}": not a unix:// or tcp:// address`, HINT)
  }
  const port = Number(tcp[2] ?? (tlsDir === undefined ? 2375 : 2376))
  return { kind: 'tcp', name: host, host: tcp[1].replace(/^\[|\]$/g, ''), port, tlsDir }
}

function tlsDirOf(env: Env): string | undefined {
  const verify = env['DOCKER_TLS_VERIFY']
  if (verify === undefined || verify === '') return undefined
  const dir = env['DOCKER_CERT_PATH']
  return dir === undefined || dir === '' ? configDir(env) : dir
}

function configDir(env: Env): string {
  const dir = env['DOCKER_CONFIG']
  return dir === undefined || dir === '' ? join(env['HOME'] ?? '/root', '.docker') : dir
}

async function contextName(env: Env): Promise<string | undefined> {
  const named = env['DOCKER_CONTEXT']
  if (named !== undefined && named !== '') return named === 'default' ? undefined : named
  const config = await readJson(join(configDir(env), 'config.json'))
  const current = fieldOf(config, 'currentContext')
  return typeof current === 'string' && current !== '' && current !== 'default'
    ? current
    : undefined
}

async function contextEndpoint(dir: string, context: string): Promise<Endpoint> {
  const id = createHash('sha256').update(context).digest('hex')
  const meta = await readJson(join(dir, 'contexts', 'meta', id, 'meta.json'))
  const host = fieldOf(fieldOf(fieldOf(meta, 'Endpoints'), 'docker'), 'Host')
  if (typeof host !== 'string') {
    const why = `Docker context "${context}" is not in "${dir}"`
    throw new AbsentFault(`Cannot reach Docker: ${why}`, HINT)
  }
  const tls = join(dir, 'contexts', 'tls', id, 'docker')
  return parseEndpoint(host, (await exists(join(tls, 'ca.pem'))) ? tls : undefined)
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch {
    return undefined // absent or unreadable: the same as not configured, as for the docker command
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await readFile(path)
    return true
  } catch {
    return false
  }
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)[key]
    : undefined
}
