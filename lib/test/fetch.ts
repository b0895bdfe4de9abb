import { request as httpsRequest } from 'node:https'
import type { IncomingMessage } from 'node:http'
import { connect } from 'node:tls'
import { loadTrust } from '../health/trust.js'
import type { Context } from './context.js'
import { timeLimit } from '../lifetime/time-limit.js'

const PATIENCE_MS = 30_000

/** Statuses whose answer has no body, by the rules of HTTP. */
const EMPTY = new Set([204, 205, 304])

/**
 * One request to the app over TLS: connects to the gateway, asks for the domain by SNI and Host, holds the certificate
 * to the CAs of the host and the run. Follows no redirect.
 * @throws Error when the path is none, nothing answers, or nothing has within 30 s.
 */
export async function fetchFrom(
  { baseUrl, domain, gateway, caFile }: Context,
  path: string,
  init?: RequestInit,
): Promise<Response> {
  if (!path.startsWith('/')) {
    throw new Error(`Cannot fetch "${path}": expected a path of the app that begins with a slash`)
  }
  const request = new Request(`${baseUrl}${path}`, init)
  const trust = await loadTrust(caFile ?? undefined)
  const body = Buffer.from(await request.arrayBuffer())
  const { host, port } = placeOf(gateway)
  const { pathname, search } = new URL(request.url)
  using limit = timeLimit(PATIENCE_MS, request.signal)
  const sent = httpsRequest({
    path: `${pathname}${search}`,
    method: request.method,
    headers: {
      'user-agent': 'recipe-ci',
      ...Object.fromEntries(request.headers),
      ...(body.length > 0 ? { 'content-length': body.length } : {}),
      host: domain,
    },
    createConnection: () => connect({ host, port, servername: domain, secureContext: trust }),
    signal: limit.signal,
  })
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    sent.once('response', resolve).once('error', reject)
  })
  sent.end(body)
  return await responseOf(await answered)
}

function placeOf(gateway: string): { host: string; port: number } {
  const [, host = '', port = '443'] = /^\[?([^\]]*?)\]?:(\d+)$/.exec(gateway) ?? []
  return { host, port: Number(port) }
}

async function responseOf(message: IncomingMessage): Promise<Response> {
  const chunks: Buffer[] = []
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk)
  const status = message.statusCode ?? 0
  const headers = new Headers()
  for (const [name, values = []] of Object.entries(message.headersDistinct)) {
    for (const value of values) headers.append(name, value)
  }
  const body = EMPTY.has(status) ? null : Buffer.concat(chunks)
  return new Response(body, { status, statusText: message.statusMessage ?? '', headers })
}
