import type { SecureContext } from 'node:tls'
import type { Cause } from '../domain/cause.js'
import type { Check } from '../domain/check.js'
import type { Emit } from '../domain/events.js'
import { certificateCheck } from './certificate.js'
import { get, REQUEST_MS, type Address, type Answer, type Silence } from './https-request.js'
import { judge } from './judge-answer.js'
import { placed } from './placed-silence.js'
import type { Trust } from './trust.js'
import { until } from './until.js'

/** What serving means for one app. */
export type ServingOptions = Address & {
  /** HEALTH_PATH. */
  readonly path: string
  /** HEALTH_OK. */
  readonly ok: readonly number[]
  readonly trust: Trust
  /** HTTP_TIMEOUT. */
  readonly deadlineMs: number
  readonly signal: AbortSignal
  readonly emit: Emit
  /** Watches the stack meanwhile: a cause ends the wait early, since the app will not come up any more. */
  readonly doomed?: (signal: AbortSignal) => Promise<{ readonly cause: Cause } | undefined>
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
  const found = await firstGood(options, { trust, url })
  const ms = Math.round(performance.now() - started)
  options.emit({ type: 'wait.finished', for: what, ms })
  const name = `HTTPS answer at ${options.path}`
  if ('doom' in found) {
    const { cause } = found.doom
    return [{ name, status: 'fail', ms, detail: cause.sentence, cause }]
  }
  const answer = await placed(found.answer, options, trust)
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

type Found = { readonly answer: Answer | Silence } | { readonly doom: { readonly cause: Cause } }

/** The first good answer, the last bad one, or why there will be none. */
async function firstGood(
  options: ServingOptions,
  { trust, url }: { trust: SecureContext; url: string },
): Promise<Found> {
  const stop = new AbortController()
  const signal = AbortSignal.any([options.signal, stop.signal])
  let said: Answer | undefined
  const attempt = async (leftMs: number): Promise<Answer | Silence> => {
    const deadlineMs = Math.min(REQUEST_MS, leftMs)
    const found = await get({ ...options, address: options, trust, signal, deadlineMs })
    if (found.kind === 'answer') said = found
    return found
  }
  const polled = until(attempt, answer => judge(answer, { url, ok: options.ok }).serving, {
    firstMs: FIRST_STEP_MS,
    lastMs: LAST_STEP_MS,
    deadlineMs: options.deadlineMs,
    signal,
  }).then((last): Found => ({ answer: wasCutShort(last) ? (said ?? last) : last }))
  const watched = options
    .doomed?.(signal)
    .then((doom): Found | Promise<Found> => (doom === undefined ? polled : { doom }))
  try {
    return await (watched === undefined ? polled : Promise.race([polled, watched]))
  } finally {
    stop.abort(new Error('the wait is over'))
    await Promise.allSettled([polled, watched])
  }
}

/** The last attempt may end with the deadline: then the answer before it says more. */
function wasCutShort(last: Answer | Silence): boolean {
  return last.kind === 'silence' && last.late && last.ms < GIVEN_MS
}
