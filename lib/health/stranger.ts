import type { SecureContext } from 'node:tls'
import { get, type Address, type Answer, type Silence } from './https-request.js'
import { speakerOf } from './judge-answer.js'

const STRANGER_MS = 5_000

/** A name below the same suffix that no app has. */
function strangerOf(domain: string): string {
  return `recipe-ci-asks${domain.slice(domain.indexOf('.'))}`
}

type Asked = { readonly path: string; readonly trust: SecureContext; readonly signal: AbortSignal }

/** What the gateway answers for a name that no app has. */
export async function askStranger(
  { domain, gateway }: Address,
  asked: Asked,
): Promise<Answer | Silence> {
  const address = { domain: strangerOf(domain), gateway }
  return await get({ ...asked, address, deadlineMs: STRANGER_MS })
}

/**
 * Marks an answer that the gateway gives for a name that no app has as well: a route that catches every name, or a gate
 * before all of them, spoke in place of the app. Where no answer comes, or another one, the first was the app's own.
 */
export async function markedIfCommon(
  answer: Answer,
  address: Address,
  asked: Asked,
): Promise<Answer> {
  const other = await askStranger(address, asked)
  const isCommon = other.kind === 'answer' && speakerOf(other) === 'app' && isSame(answer, other)
  return isCommon ? { ...answer, alsoFor: strangerOf(address.domain) } : answer
}

function isSame(one: Answer, other: Answer): boolean {
  if (one.status !== other.status || one.location !== other.location) return false
  return one.location !== undefined || one.body === other.body
}
