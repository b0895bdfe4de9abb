import { readFile } from 'node:fs/promises'
import http from 'node:http'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { limitOf, nameOf, type Call } from './call.js'
import type { Endpoint } from './endpoint.js'
import { EngineFault } from './engine-fault.js'

/** Speaks HTTP with one Engine over connections that are kept alive. */
export type Transport = {
  /** Resolves with the headers; the body is still to be read. Throws {@link EngineFault} for a status of 400 or more, or no answer. */
  open(call: Call): Promise<http.IncomingMessage>
  /** The whole answer. Throws {@link EngineFault} also when its body is cut or longer than `maxBytes`. */
  read(call: Call, maxBytes: number): Promise<Whole>
  /** Turns the connection into a raw two-way stream, as `exec` with standard input needs. */
  hijack(call: Call): Promise<{ socket: Duplex; head: Buffer }>
  close(): void
}

type Whole = { readonly headers: http.IncomingHttpHeaders; readonly body: Buffer }

type Target = {
  readonly agent: http.Agent
  /** An agent like it that keeps no connection. */
  readonly oneOff: () => http.Agent
  readonly options: http.RequestOptions
  readonly request: typeof http.request
  readonly prefix: string
}

/** `prefix` is the version part of each path: `/v1.41`, or nothing. Throws when the TLS files cannot be read. */
export async function createTransport(endpoint: Endpoint, prefix: string): Promise<Transport> {
  const target = { ...(await targetOf(endpoint)), prefix }
  return {
    open: call => openWithRetry(target, call),
    read: async (call, maxBytes) => {
      const response = await openWithRetry(target, call)
      return { headers: response.headers, body: await readBody(call, response, maxBytes) }
    },
    hijack: call => hijack(target, call),
    close: () => {
      target.agent.destroy()
    },
  }
}

async function targetOf(endpoint: Endpoint): Promise<Omit<Target, 'prefix'>> {
  const keep = { keepAlive: true, maxSockets: 16 }
  const plain = {
    agent: new http.Agent(keep),
    oneOff: () => new http.Agent({ keepAlive: false }),
    request: http.request,
  }
  if (endpoint.kind === 'unix') {
    const options = { socketPath: endpoint.socketPath, headers: { host: 'docker' } }
    return { ...plain, options }
  }
  const options = { host: endpoint.host, port: endpoint.port }
  if (endpoint.tlsDir === undefined) return { ...plain, options }
  const dir = endpoint.tlsDir
  // Loaded for those who need it: most engines are reached by a socket.
  const https = await import('node:https')
  const [ca, cert, key] = await Promise.all([
    readFile(join(dir, 'ca.pem')),
    readFile(join(dir, 'cert.pem')),
    readFile(join(dir, 'key.pem')),
  ])
  const agent = (own: http.AgentOptions) => new https.Agent({ ...own, ca, cert, key })
  const oneOff = () => agent({ keepAlive: false })
  return { agent: agent(keep), oneOff, options, request: https.request }
}

/** The Engine may close a kept connection just as we send: a call without effect is then sent once more. */
async function openWithRetry(target: Target, call: Call): Promise<http.IncomingMessage> {
  const sent = { reused: false }
  try {
    return await open(target, call, sent)
  } catch (error) {
    const fresh = error instanceof EngineFault && error.status === 0 && sent.reused
    if (call.method !== 'GET' || !fresh || call.signal?.aborted === true) throw error
    return await open(target, call, sent)
  }
}

function open(
  target: Target,
  call: Call,
  sent: { reused: boolean },
): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = send(target, call, {})
    const limit = limitOf(call, request)
    request.on('error', error => {
      limit.disarm()
      sent.reused = request.reusedSocket
      reject(limit.reason() ?? noAnswer(call, error))
    })
    request.on('response', response => {
      limit.stops(response)
      if (call.endless === true) limit.disarmDeadline()
      response.on('close', limit.disarm)
      if ((response.statusCode ?? 500) < 400) resolve(response)
      else refusal(call, response).then(reject, reject)
    })
  })
}

function hijack(target: Target, call: Call): Promise<{ socket: Duplex; head: Buffer }> {
  return new Promise((resolve, reject) => {
    const headers = { connection: 'Upgrade', upgrade: 'tcp' }
    // A hijacked connection never returns to the pool.
    const request = send(target, call, { agent: target.oneOff(), headers })
    const limit = limitOf(call, request)
    request.on('error', error => {
      limit.disarm()
      reject(limit.reason() ?? noAnswer(call, error))
    })
    request.on('response', response => {
      limit.disarm()
      refusal(call, response).then(reject, reject)
    })
    request.on('upgrade', (_response, socket, head) => {
      limit.disarm()
      resolve({ socket, head })
    })
  })
}

function send(target: Target, call: Call, extra: http.RequestOptions): http.ClientRequest {
  const body = call.bytes ?? (call.body === undefined ? undefined : JSON.stringify(call.body))
  const type = call.bytes === undefined ? 'application/json' : 'application/x-tar'
  const request = target.request({
    agent: target.agent,
    ...target.options,
    ...extra,
    method: call.method,
    path: target.prefix + call.path,
    headers: {
      ...(target.options.headers as http.OutgoingHttpHeaders | undefined),
      ...(body === undefined
        ? { 'content-length': 0 }
        : { 'content-type': type, 'content-length': Buffer.byteLength(body) }),
      ...call.headers,
      ...(extra.headers as http.OutgoingHttpHeaders | undefined),
    },
  })
  request.end(body)
  return request
}

async function refusal(call: Call, response: http.IncomingMessage): Promise<EngineFault> {
  const text = (await readBody(call, response, 64 * 1024)).toString('utf8').trim()
  const status = response.statusCode ?? 0
  const why = messageOf(text) || `HTTP status ${status}`
  return new EngineFault({ path: nameOf(call), status, why })
}

function messageOf(text: string): string {
  try {
    const parsed: unknown = JSON.parse(text)
    if (typeof parsed === 'object' && parsed !== null && 'message' in parsed) {
      return String(parsed.message)
    }
  } catch {
    // not JSON: a proxy's page, shown as it is
  }
  return text.slice(0, 300)
}

function noAnswer(call: Call, error: Error): EngineFault {
  return new EngineFault({ path: nameOf(call), status: 0, why: error.message }, { cause: error })
}

async function readBody(call: Call, response: http.IncomingMessage, maxBytes: number) {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > maxBytes) throw new RangeError(`the answer is longer than ${maxBytes} bytes`)
      chunks.push(chunk)
    }
  } catch (error) {
    response.destroy()
    if (error instanceof EngineFault || call.signal?.aborted === true) throw error
    throw noAnswer(call, error as Error)
  }
  return Buffer.concat(chunks)
}
