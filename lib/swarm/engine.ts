import type { Env } from '../domain/env.js'
import { AbsentFault } from '../errors.js'
import { readArchiveStart, statPath, type PathStat } from './archive.js'
import type { Call } from './call.js'
import { findEndpoint } from './endpoint.js'
import { EngineFault } from './engine-fault.js'
import { readEvents, type EventStream } from './engine-events.js'
import { execIn, type ExecOutcome, type ExecRequest } from './exec.js'
import { createDemultiplexer, type Streams } from './frames.js'
import { createTransport, type Transport } from './transport.js'

export { EngineFault, isAbsent } from './engine-fault.js'
export type { EngineEvent, EventStream } from './engine-events.js'
export type { ExecOutcome, ExecRequest } from './exec.js'

/** Limits of one call. */
export type CallOptions = {
  /** Default 30 s. */
  readonly deadlineMs?: number
  /** Aborting it rejects the call with its reason. */
  readonly signal?: AbortSignal | undefined
  /** Largest answer that is read; default 64 MiB. */
  readonly maxBytes?: number
}

type PullOptions = {
  readonly deadlineMs: number
  readonly signal?: AbortSignal
  /** Value of the `X-Registry-Auth` header. */
  readonly auth?: string
}

/** A filter of a list or of events: key → wanted values. */
export type Filters = Readonly<Record<string, readonly string[]>>

/**
 * The Docker Engine API of one host, by raw paths (`/services?…`) without a version prefix. Every call has a
 * deadline and throws {@link EngineFault} when the Engine refuses it or does not answer.
 */
export type Engine = {
  /** The address it was reached at, for messages. */
  readonly name: string
  /** The API version spoken. */
  readonly apiVersion: string
  get<T = unknown>(path: string, options?: CallOptions): Promise<T>
  post<T = unknown>(path: string, body?: unknown, options?: CallOptions): Promise<T>
  remove(path: string, options?: CallOptions): Promise<void>
  /** The tar archive of a file or folder in a container, running or not. */
  getArchive(containerId: string, path: string, options?: CallOptions): Promise<Buffer>
  /** The first `maxBytes` of such an archive. */
  getArchiveStart(containerId: string, path: string, maxBytes: number): Promise<Buffer>
  statPath(containerId: string, path: string): Promise<PathStat>
  /** Unpacks a tar archive into a folder of a container; owner and mode of its headers are kept. */
  putArchive(containerId: string, folder: string, tar: Uint8Array): Promise<void>
  /** The last `tail` lines of a container's output, at most `maxBytes` of each stream. */
  logs(
    containerId: string,
    limits: { readonly tail: number; readonly maxBytes: number; readonly deadlineMs: number },
  ): Promise<Streams>
  /** Pulls an image. Resolves with what went wrong in the registry's words, undefined when nothing did. */
  pull(image: string, options: PullOptions): Promise<string | undefined>
  /** Resolves once subscribed: whatever happens after that is seen, unless the Engine drops it. */
  openEvents(filters: Filters, signal: AbortSignal): Promise<EventStream>
  exec(containerId: string, request: ExecRequest): Promise<ExecOutcome>
  /** Closes the kept connections. */
  close(): void
}

const CALL_MS = 30_000
const MAX_BYTES = 64 * 1024 * 1024
/** The newest API version this code was written for; an older Engine is spoken to in its own. */
const NEWEST_API = '1.47'
const HINT =
  'Start Docker, or set DOCKER_HOST to a Docker Engine that runs; "docker info" must answer'

/**
 * Finds the Engine (DOCKER_HOST, docker context, default socket), greets it and agrees on an API version.
 * Throws {@link AbsentFault} when it cannot be reached.
 */
export async function connectEngine(env: Env): Promise<Engine> {
  const endpoint = await findEndpoint(env)
  try {
    const plain = await createTransport(endpoint, '')
    const answer = await plain.read({ method: 'GET', path: '/_ping', deadlineMs: 10_000 }, 1024)
    plain.close()
    const version = agreedVersion(String(answer.headers['api-version'] ?? ''), env)
    const prefix = version === '' ? '' : `/v${version}`
    return createEngine(await createTransport(endpoint, prefix), endpoint.name, version)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new AbsentFault(`Cannot reach Docker at "${endpoint.name}": ${why}`, HINT, {
      cause: error,
    })
  }
}

/** The lower of the Engine's version and ours; DOCKER_API_VERSION wins. Empty: no prefix, the Engine decides. */
export function agreedVersion(offered: string, env: Env): string {
  const forced = env['DOCKER_API_VERSION']
  if (forced !== undefined && forced !== '') return forced
  return minorOf(offered) < minorOf(NEWEST_API) ? offered : NEWEST_API
}

function minorOf(version: string): number {
  const minor = Number(version.split('.')[1])
  return Number.isInteger(minor) ? minor : -1
}

function createEngine(transport: Transport, name: string, apiVersion: string): Engine {
  const json = async <T>(call: Call, maxBytes = MAX_BYTES): Promise<T> => {
    const { body } = await transport.read(call, maxBytes)
    return parseJson(call, body.toString('utf8')) as T
  }
  return {
    name,
    apiVersion,
    get: (path, options) => json({ method: 'GET', path, ...limits(options) }, options?.maxBytes),
    post: (path, body, options) =>
      json({ method: 'POST', path, body, ...limits(options) }, options?.maxBytes),
    remove: async (path, options) => {
      await transport.read({ method: 'DELETE', path, ...limits(options) }, MAX_BYTES)
    },
    getArchive: async (id, path, options) => {
      const call = { method: 'GET', path: archivePath(id, path), ...limits(options) } as const
      return (await transport.read(call, options?.maxBytes ?? MAX_BYTES)).body
    },
    getArchiveStart: (id, path, maxBytes) =>
      readArchiveStart(transport, archivePath(id, path), { maxBytes, deadlineMs: CALL_MS }),
    statPath: (id, path) => statPath(transport, archivePath(id, path), CALL_MS),
    putArchive: async (id, folder, tar) => {
      const path = archivePath(id, folder)
      const call = { method: 'PUT', path, bytes: tar, deadlineMs: CALL_MS } as const
      await transport.read(call, MAX_BYTES)
    },
    logs: (id, options) => readLogs(transport, id, options),
    pull: (image, options) => pull(transport, image, options),
    openEvents: async (filters, signal) => {
      const path = `/events?since=${seconds(Date.now())}&${filterQuery(filters)}`
      const call = { method: 'GET', path, deadlineMs: CALL_MS, endless: true, signal } as const
      return readEvents(await transport.open(call))
    },
    exec: (id, request) => execIn(transport, id, request),
    close: () => {
      transport.close()
    },
  }
}

async function readLogs(
  transport: Transport,
  id: string,
  { tail, maxBytes, deadlineMs }: { tail: number; maxBytes: number; deadlineMs: number },
): Promise<Streams> {
  const path = `/containers/${id}/logs?stdout=1&stderr=1&tail=${tail}`
  const response = await transport.open({ method: 'GET', path, deadlineMs })
  const demultiplexer = createDemultiplexer(maxBytes)
  for await (const chunk of response as AsyncIterable<Buffer>) demultiplexer.push(chunk)
  return demultiplexer.streams()
}

/** The answer is a stream of progress lines, one of which may tell an error although the status is 200. */
async function pull(transport: Transport, image: string, { auth, ...limits }: PullOptions) {
  const path = `/images/create?fromImage=${encodeURIComponent(image)}`
  const headers = auth === undefined ? {} : { headers: { 'x-registry-auth': auth } }
  const call: Call = { method: 'POST', path, ...limits, ...headers }
  const { body } = await transport.read(call, MAX_BYTES)
  const lines = body.toString('utf8').split('\n')
  return lines.map(line => /"error":"((?:[^"\\]|\\.)*)"/.exec(line)?.[1]).find(Boolean)
}

/** `filters={"label":["a=b"]}` ready to stand in a query. */
export function filterQuery(filters: Filters): string {
  return `filters=${encodeURIComponent(JSON.stringify(filters))}`
}

function archivePath(id: string, path: string): string {
  return `/containers/${id}/archive?path=${encodeURIComponent(path)}`
}

function seconds(atMs: number): string {
  return (atMs / 1000).toFixed(3)
}

function limits(options: CallOptions | undefined) {
  return { deadlineMs: options?.deadlineMs ?? CALL_MS, signal: options?.signal }
}

function parseJson(call: Call, text: string): unknown {
  if (text.trim() === '') return undefined
  try {
    return JSON.parse(text)
  } catch (cause) {
    const why = `not JSON: ${text.slice(0, 200)}`
    throw new EngineFault({ path: `${call.method} ${call.path}`, status: 0, why }, { cause })
  }
}
