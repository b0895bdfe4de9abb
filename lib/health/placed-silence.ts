import type { SecureContext } from 'node:tls'
import { get, type Address, type Answer, type Silence } from './https-request.js'

const STRANGER_MS = 5_000

/**
 * Whose silence it is when a connection was taken and no TLS came of it: the gateway may have passed it on to the app (a
 * TCP router does), or be unwell itself. A name that no app has tells: where the gateway shakes hands for that, it is well.
 * Everything else comes back as it is. Rejects with the reason of an aborted signal.
 */
export async function placed(
  found: Answer | Silence,
  { domain, gateway, signal }: Address & { readonly signal: AbortSignal },
  trust: SecureContext,
): Promise<Answer | Silence> {
  if (found.kind === 'answer' || found.at !== 'handshake') return found
  const address = { domain: `recipe-ci-asks${domain.slice(domain.indexOf('.'))}`, gateway }
  const other = await get({ address, path: '/', trust, signal, deadlineMs: STRANGER_MS })
  signal.throwIfAborted()
  const isWell = other.kind === 'answer' || other.at === 'answer'
  return isWell ? found : { ...found, at: 'gateway' }
}
