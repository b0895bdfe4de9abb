import type { SecureContext } from 'node:tls'
import type { Check } from '../domain/check.js'
import type { Emit } from '../domain/events.js'
import type { ReadyProbe } from '../domain/meta.js'
import { get, REQUEST_MS, type Address } from './https-request.js'
import { speakerOf } from './judge-answer.js'
import { takesConnection, type Attempt } from './tcp-probe.js'
import type { Trust } from './trust.js'
import { doomedCheck, unlessDoomed, type Ends } from './unless-doomed.js'
import { until } from './until.js'

/** What READY_PROBE needs to be carried out. */
export type ReadyProbeOptions = Address &
  Ends & {
    readonly probes: readonly ReadyProbe[]
    readonly trust: Trust
    /** For all probes together. */
    readonly deadlineMs: number
    readonly emit: Emit
    /**
     * Whether a service listens on a TCP port, asked from inside its container: an overlay address is never connected
     * to from the host, since such a request would leave the machine.
     */
    readonly listens: (service: string, port: number) => Promise<Attempt>
  }

/** Consecutive successes are this far apart, so that a port that comes and goes is caught. */
const EVEN_PACE = { firstMs: 500, lastMs: 500 }
const GROWING_PACE = { firstMs: 50, lastMs: 1_000 }
const CONNECT_MS = 5_000
/** What the first request gets, the second twice that, and so on: one that hangs is tried anew, a slow page is waited for. */
const PATIENCE_MS = 10_000

/**
 * Carries out each probe until it has succeeded as often in a row as it says: one check each, in order. What is doomed
 * meanwhile ends them all.
 */
export async function readyProbes(options: ReadyProbeOptions): Promise<readonly Check[]> {
  const ends = performance.now() + options.deadlineMs
  const trust = await options.trust()
  const checks: Check[] = []
  for (const probe of options.probes) {
    const started = performance.now()
    const name = nameOf(probe)
    options.emit({ type: 'wait.started', for: name })
    const outcome = await unlessDoomed(
      signal => tried(probe, { ...options, signal, trust, deadlineMs: ends - started }),
      options,
    )
    const ms = Math.round(performance.now() - started)
    options.emit({ type: 'wait.finished', for: name, ms })
    checks.push(
      'doom' in outcome ? doomedCheck(name, ms, outcome.doom) : judged(probe, ms, outcome.found),
    )
    if ('doom' in outcome) break
  }
  return checks
}

/** What one attempt, or all attempts of one probe, go by. */
type Trying = Pick<
  ReadyProbeOptions,
  'domain' | 'gateway' | 'listens' | 'deadlineMs' | 'signal'
> & {
  readonly trust: SecureContext
}

type Tried = { readonly last: Attempt; readonly inARow: number }

async function tried(probe: ReadyProbe, { deadlineMs, ...trying }: Trying): Promise<Tried> {
  let inARow = 0
  let patienceMs = 0
  const last = await until(
    async leftMs => {
      patienceMs = Math.min(patienceMs + PATIENCE_MS, REQUEST_MS)
      const attempt = await tryOnce(probe, { ...trying, deadlineMs: Math.min(patienceMs, leftMs) })
      inARow = attempt.good ? inARow + 1 : 0
      return attempt
    },
    ({ final }) => final !== undefined || inARow >= probe.successes,
    { ...(probe.successes > 1 ? EVEN_PACE : GROWING_PACE), deadlineMs, signal: trying.signal },
  )
  return { last, inARow }
}

function judged(probe: ReadyProbe, ms: number, { last, inARow }: Tried): Check {
  const name = nameOf(probe)
  if (inARow >= probe.successes) return { name, status: 'pass', ms, detail: last.seen }
  const { seen, final } = last
  if (final === 'unver') return { name, status: 'unver', ms, detail: seen }
  const detail = `${seen}; ${inARow} of ${probe.successes} successes in a row`
  const words = final === 'fail' ? CANNOT : TOO_LATE
  const sentence = `${name} ${words.what}: ${seen}`
  const cause = { class: 'not_serving', sentence, evidence: detail, fix: words.fix } as const
  return { name, status: 'fail', ms, detail, cause }
}

const TOO_LATE = {
  what: 'did not succeed in time',
  fix: 'Look at the log of the service behind the probe, or correct READY_PROBE in recipe-ci.yml',
}
const CANNOT = {
  what: 'cannot succeed',
  fix: 'Correct READY_PROBE in recipe-ci.yml, or the compose file',
}

function nameOf(probe: ReadyProbe): string {
  if (probe.kind === 'http') return `READY_PROBE http ${probe.path}`
  const where = probe.service ?? probe.host
  return `READY_PROBE tcp ${where === undefined ? '' : `${where} `}${probe.port}`
}

async function tryOnce(probe: ReadyProbe, trying: Trying): Promise<Attempt> {
  const { deadlineMs, signal, trust } = trying
  if (probe.kind === 'tcp') {
    if (probe.service !== undefined) return await trying.listens(probe.service, probe.port)
    const host = probe.host ?? trying.gateway?.host ?? trying.domain
    const limitMs = Math.min(CONNECT_MS, deadlineMs)
    return await takesConnection({ host, port: probe.port, deadlineMs: limitMs, signal })
  }
  const answer = await get({ address: trying, path: probe.path, trust, deadlineMs, signal })
  if (answer.kind === 'silence') return { good: false, seen: answer.why }
  // The proxy answers too, while the app does not: a probe that wants a 404 must not be content with its page.
  const byProxy = speakerOf(answer) === 'proxy'
  const seen = `HTTP ${answer.status}${byProxy ? ' from the proxy' : ''}`
  return { good: !byProxy && probe.status.includes(answer.status), seen }
}
