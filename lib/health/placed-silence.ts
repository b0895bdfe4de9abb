import type { SecureContext } from 'node:tls'
import type { Address, Answer, Silence } from './https-request.js'
import { askStranger } from './stranger.js'

/**
 * Whose silence it is when a connection was taken and no TLS came of it: the gateway may have passed it on to the app (a
 * TCP router does), or be unwell itself. A name that no app has tells: where the gateway shakes hands for that, it is well.
 * Everything else comes back as it is. Rejects with the reason of an aborted signal.
 */
export async function placed(
  found: Answer | Silence,
  { signal, ...address }: Address & { readonly signal: AbortSignal },
  trust: SecureContext,
): Promise<Answer | Silence> {
  if (found.kind === 'answer' || found.at !== 'handshake') return found
  const other = await askStranger(address, { path: '/', trust, signal })
  signal.throwIfAborted()
  const isWell = other.kind === 'answer' || other.at === 'answer'
  return isWell ? found : { ...found, at: 'gateway' }
}
