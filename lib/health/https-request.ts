import { request as httpsRequest } from 'node:https'
import type { ClientRequest, IncomingMessage } from 'node:http'
import { connect, type PeerCertificate, type SecureContext, type TLSSocket } from 'node:tls'
import { timeLimit } from '../lifetime/time-limit.js'

/** The app's address, and where it is really reached. */
export type Address = {
  readonly domain: string
  /** Undefined: the name itself, port 443. */
  readonly gateway: { readonly host: string; readonly port: number } | undefined
}

/** What is known of the certificate that a connection showed. */
export type CertificateFacts = {
  readonly subject: string
  readonly issuer: string
  /** The names it is for. */
  readonly names: string
  readonly validTo: string
  /** Why it does not verify for the name; undefined: it does. */
  readonly problem: string | undefined
}

/** One answer of the app, or of the proxy before it. */
export type Answer = {
  readonly kind: 'answer'
  readonly status: number
  readonly location: string | undefined
  /** Whether it gives a cookie: who comes back with that may be answered otherwise. */
  readonly setsCookie: boolean
  /** The beginning of the body. */
  readonly body: string
  readonly certificate: CertificateFacts
  /** A name that no app has and that is answered the same; undefined: none is known. */
  readonly alsoFor?: string
  readonly ms: number
}

/** No answer: how far the connection came, and why it ended. */
export type Silence = {
  readonly kind: 'silence'
  /**
   * gateway: nothing listens, or the name does not resolve. handshake: the connection was taken, but no TLS came of it.
   * answer: it did, but no answer came.
   */
  readonly at: 'gateway' | 'handshake' | 'answer'
  readonly why: string
  /** The time was up. */
  readonly late: boolean
  readonly ms: number
}

export type Get = {
  readonly address: Address
  readonly path: string
  readonly trust: SecureContext
  readonly deadlineMs: number
  readonly signal: AbortSignal
}

/**
 * A first page may take long; a connection that hangs longer is tried anew. A proxy gives up on a service after half a
 * minute, and what it says then is more than our silence.
 */
export const REQUEST_MS = 40_000

/** What other clients take of headers, as of cookies: Node's own limit is 16 KiB. */
const HEADER_BYTES = 256 * 1024
const BODY_BYTES = 64 * 1024
/** The body is only looked at for the proxy's own pages, which come at once: a page that streams may never end. */
const BODY_MS = 1_000

/**
 * One GET over TLS: connects to the gateway, asks for the domain by SNI and Host. Follows no redirect, and reads the
 * answer also when the certificate is bad. Never throws.
 */
export async function get({ deadlineMs, signal, ...asked }: Get): Promise<Answer | Silence> {
  using limit = timeLimit(deadlineMs, signal)
  return await ask(asked, limit.signal)
}

function ask(
  { address, path, trust }: Omit<Get, 'deadlineMs' | 'signal'>,
  signal: AbortSignal,
): Promise<Answer | Silence> {
  const started = performance.now()
  const ms = () => Math.round(performance.now() - started)
  return new Promise(resolve => {
    let at: Silence['at'] = 'gateway'
    const silence = (error: Error) => {
      resolve({ kind: 'silence', at, ms: ms(), ...whyOf(error) })
    }
    const socket = open(address, trust)
    socket.once('connect', () => (at = 'handshake'))
    socket.once('secureConnect', () => (at = 'answer'))
    const request = httpsRequest({
      path: sendable(path),
      method: 'GET',
      headers: { host: address.domain, accept: '*/*', 'user-agent': 'recipe-ci' },
      maxHeaderSize: HEADER_BYTES,
      createConnection: () => socket,
      signal,
    })
    heard(request, socket).then(said => {
      resolve({ kind: 'answer', ...said, ms: ms() })
    }, silence)
    request.end()
  })
}

/** What a request is answered. Rejects with the reason why it is not. */
function heard(request: ClientRequest, socket: TLSSocket): Promise<Omit<Answer, 'kind' | 'ms'>> {
  return new Promise((resolve, reject) => {
    let isAnswered = false
    const answer = (response: IncomingMessage, read: Promise<string>) => {
      isAnswered = true
      const { statusCode: status = 0, headers } = response
      const { location } = headers
      const setsCookie = headers['set-cookie'] !== undefined
      const certificate = certificateOf(socket)
      read.then(body => {
        resolve({ status, location, setsCookie, body, certificate })
      }, reject)
    }
    request.on('error', reject)
    request.on('response', response => {
      answer(response, readStart(response))
    })
    // Without a listener Node drops the connection and says nothing at all.
    request.on('upgrade', response => {
      answer(response, Promise.resolve(''))
      socket.destroy()
    })
    request.on('close', () => {
      if (!isAnswered) reject(new Error('the connection ended without an answer'))
    })
  })
}

function open(address: Address, trust: SecureContext): TLSSocket {
  return connect({
    host: address.gateway?.host ?? address.domain,
    port: address.gateway?.port ?? 443,
    servername: address.domain,
    secureContext: trust,
    rejectUnauthorized: false, // judged apart, so that a bad certificate can be told from a bad answer
  })
}

/** A path as HTTP can carry it: what is percent-encoded already stays as it is. */
function sendable(path: string): string {
  return path.replace(/[^!-~]+/g, text =>
    [...Buffer.from(text)].map(byte => `%${byte.toString(16).toUpperCase()}`).join(''),
  )
}

/** What has come of the body when it ends, is long enough or has taken long enough. */
function readStart(response: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const done = () => {
      clearTimeout(timer)
      resolve(Buffer.concat(chunks).toString('utf8').slice(0, BODY_BYTES))
      response.destroy()
    }
    const timer = setTimeout(done, BODY_MS)
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      size += chunk.length
      if (size >= BODY_BYTES) done()
    })
    response.once('end', done)
    response.on('error', error => {
      clearTimeout(timer)
      reject(error)
    })
  })
}

function certificateOf(socket: TLSSocket): CertificateFacts {
  const certificate = socket.getPeerCertificate() as Partial<PeerCertificate>
  return {
    subject: nameOf(certificate.subject),
    issuer: nameOf(certificate.issuer),
    names: certificate.subjectaltname ?? '',
    validTo: certificate.valid_to ?? '',
    problem: socket.authorized ? undefined : problemOf(socket.authorizationError),
  }
}

const PROBLEMS: Readonly<Record<string, string>> = {
  ERR_TLS_CERT_ALTNAME_INVALID: 'it is not for this name',
  CERT_HAS_EXPIRED: 'it has expired',
  CERT_NOT_YET_VALID: 'it is not valid yet',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it signs itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'its authority is not a trusted one',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its authority is not a trusted one',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its authority is not a trusted one',
}

/** Typed as an Error, in deed a code. */
function problemOf(error: unknown): string {
  const code = error instanceof Error ? error.message : String(error)
  const words = PROBLEMS[code]
  return words === undefined ? code : `${words} (${code})`
}

function nameOf(name: PeerCertificate['subject'] | undefined): string {
  return name?.CN ?? name?.O ?? ''
}

function whyOf(error: Error): { why: string; late: boolean } {
  const late = error.name === 'AbortError' || error.name === 'TimeoutError'
  if (late) return { why: 'no answer in time', late }
  const code = 'code' in error ? String(error.code) : ''
  return { why: error.message.includes(code) ? error.message : `${code}: ${error.message}`, late }
}
