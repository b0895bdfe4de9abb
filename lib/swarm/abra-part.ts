import { setTimeout as sleep } from 'node:timers/promises'
import type { Removed } from '../domain/crash-points.js'
import type { Whose } from './census.js'
import { envFilesOf } from './env-files.js'
import { timeLimit } from '../lifetime/time-limit.js'

/** One removal by abra. Resolves with what it said; what it rejects with is told, and never a verdict. */
export type AbraCall = {
  readonly name: string
  /** Only worth a call while the Engine keeps something of this kind. */
  readonly takes?: 'volume' | 'secret'
  /** Made beside the removal of these; default: after networks, when all else of the app is gone. */
  readonly beside?: 'container' | 'network'
  readonly call: (signal: AbortSignal) => Promise<string>
}

const CALL_MS = 10_000
/** A call that heeds its limit says more about its end than we could. */
const GRACE_MS = 500

/**
 * Lets abra remove what it knows of, one call after the other, each at most 10 s. Nothing rests on it: without an env
 * file abra knows no app, so it is not even asked. Returns what was said.
 */
export async function abraPart(
  calls: readonly AbraCall[],
  whose: Pick<Whose, 'abraDir' | 'domain'> & {
    readonly signal?: AbortSignal
    readonly removed?: ((what: Removed) => void) | undefined
  },
  callMs = CALL_MS,
): Promise<string> {
  if (calls.length === 0) return ''
  if ((await envFilesOf(whose.abraDir, whose.domain)).length === 0) {
    return 'skipped: the app has no env file'
  }
  const said: string[] = []
  for (const call of calls) {
    said.push(`${call.name}: ${await bestEffort(call, whose.signal, callMs)}`)
    whose.removed?.(call.takes ?? 'env')
  }
  return said.join('; ')
}

/** Comes back in time, also from a call that ignores its signal. */
async function bestEffort(
  { call }: AbraCall,
  outer: AbortSignal | undefined,
  callMs: number,
): Promise<string> {
  using limit = timeLimit(callMs, ...(outer ? [outer] : []))
  const settled = new AbortController()
  const overdue = sleep(callMs + GRACE_MS, 'no answer in time', { signal: settled.signal })
  overdue.catch(() => undefined)
  try {
    return await Promise.race([call(limit.signal), overdue])
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  } finally {
    settled.abort()
  }
}
