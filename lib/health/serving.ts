import type { SecureContext } from 'node:tls'
import type { Check } from '../domain/check.js'
import type { Emit } from '../domain/events.js'
import { certificateCheck } from './certificate.js'
import { get, REQUEST_MS, type Address, type Answer, type Silence } from './https-request.js'
import { judge } from './judge-answer.js'
import { placed } from './placed-silence.js'
import { markedIfCommon } from './stranger.js'
import type { Trust } from './trust.js'
import { doomedCheck, unlessDoomed, type Ends } from './unless-doomed.js'
import { until } from './until.js'

/** What serving means for one app. */
export type ServingOptions = Address &
  Ends & {
    /** HEALTH_PATH. */
    readonly path: string
    /** HEALTH_OK. */
    readonly ok: readonly number[]
    readonly trust: Trust
    /** HTTP_TIMEOUT. */
    readonly deadlineMs: number
    readonly emit: Emit
  }

const FIRST_STEP_MS = 20
const LAST_STEP_MS = 500
/** An attempt that was given at least this long was not cut short: its silence is the finding. */
const GIVEN_MS = 3_000

/**
 * Waits until the app answers over HTTPS as it should, and judges the certificate of that answer: two checks. Throws
 * AbsentFault when the extra CA cannot be read; rejects with the reason of an aborted signal.
 */
export async function serving(options: ServingOptions): Promise<readonly Check[]> {
  const trust = await options.trust()
  const url = `https://${options.domain}${options.path}`
  const what = `answer of ${url}`
  const started = performance.now()
  options.emit({ type: 'wait.started', for: what })
  const outcome = await unlessDoomed(signal => firstGood(options, { trust, url }, signal), options)
  const ms = Math.round(performance.now() - started)
  options.emit({ type: 'wait.finished', for: what, ms })
  const name = `HTTPS answer at ${options.path}`
  if ('doom' in outcome) return [doomedCheck(name, ms, outcome.doom)]
  const answer = await placed(outcome.found, options, trust)
  return checksOf(options, answer, { name, url, ms })
}

function checksOf(
  options: ServingOptions,
  answer: Answer | Silence,
  { name, url, ms }: { name: string; url: string; ms: number },
): readonly Check[] {
  const { serving: good, seen, cause } = judge(answer, { url, ok: options.ok })
  const answered: Check = good
    ? { name, status: 'pass', ms, detail: seen }
    : { name, status: 'fail', ms, detail: seen, ...(cause === undefined ? {} : { cause }) }
  if (answer.kind === 'silence') return [answered]
  return [answered, certificateCheck(options.domain, answer.certificate)]
}

/** The first good answer, or the last bad one. */
async function firstGood(
  options: ServingOptions,
  { trust, url }: { trust: SecureContext; url: string },
  signal: AbortSignal,
): Promise<Answer | Silence> {
  let said: Answer | undefined
  const isServing = (answer: Answer | Silence) => judge(answer, { url, ok: options.ok }).serving
  const attempt = async (leftMs: number): Promise<Answer | Silence> => {
    const deadlineMs = Math.min(REQUEST_MS, leftMs)
    const asked = { path: options.path, trust, signal }
    const found = await get({ ...asked, address: options, deadlineMs })
    if (found.kind === 'silence') return found
    said = isServing(found) ? await markedIfCommon(found, options, asked) : found
    return said
  }
  const last = await until(attempt, isServing, {
    firstMs: FIRST_STEP_MS,
    lastMs: LAST_STEP_MS,
    deadlineMs: options.deadlineMs,
    signal,
  })
  return wasCutShort(last) ? (said ?? last) : last
}

/** The last attempt may end with the deadline: then the answer before it says more. */
function wasCutShort(last: Answer | Silence): boolean {
  return last.kind === 'silence' && last.late && last.ms < GIVEN_MS
}
