import type { SecureContext } from 'node:tls'
import type { Check } from '../domain/check.js'
import type { Emit } from '../domain/events.js'
import type { ReadyProbe } from '../domain/meta.js'
import { get, REQUEST_MS, type Address } from './https-request.js'
import { speakerOf } from './judge-answer.js'
import { takesConnection, type Attempt } from './tcp-probe.js'
import type { Trust } from './trust.js'
import { until } from './until.js'

/** What READY_PROBE needs to be carried out. */
export type ReadyProbeOptions = Address & {
  readonly probes: readonly ReadyProbe[]
  readonly trust: Trust
  /** For all probes together. */
  readonly deadlineMs: number
  readonly signal: AbortSignal
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

/** Carries out each probe until it has succeeded as often in a row as it says: one check each, in order. */
export async function readyProbes(options: ReadyProbeOptions): Promise<readonly Check[]> {
  const ends = performance.now() + options.deadlineMs
  const trust = await options.trust()
  const checks: Check[] = []
  for (const probe of options.probes) {
    const what = nameOf(probe)
    options.emit({ type: 'wait.started', for: what })
    const check = await readyCheck({ probe, options, trust, leftMs: ends - performance.now() })
    options.emit({ type: 'wait.finished', for: what, ms: check.ms })
    checks.push(check)
  }
  return checks
}

type Probing = {
  readonly probe: ReadyProbe
  readonly options: ReadyProbeOptions
  readonly trust: SecureContext
  readonly leftMs: number
}

async function readyCheck({ probe, options, trust, leftMs }: Probing): Promise<Check> {
  const started = performance.now()
  let inARow = 0
  let patienceMs = 0
  const last = await until(
    async left => {
      patienceMs = Math.min(patienceMs + PATIENCE_MS, REQUEST_MS)
      const deadlineMs = Math.min(patienceMs, left)
      const attempt = await tryOnce(probe, { options, trust, deadlineMs })
      inARow = attempt.good ? inARow + 1 : 0
      return attempt
    },
    () => inARow >= probe.successes,
    {
      ...(probe.successes > 1 ? EVEN_PACE : GROWING_PACE),
      deadlineMs: leftMs,
      signal: options.signal,
    },
  )
  const name = nameOf(probe)
  const ms = Math.round(performance.now() - started)
  if (inARow >= probe.successes) return { name, status: 'pass', ms, detail: last.seen }
  const detail = `${last.seen}; ${inARow} of ${probe.successes} successes in a row`
  const cause = {
    class: 'not_serving',
    sentence: `${name} did not succeed in time: ${last.seen}`,
    evidence: detail,
    fix: 'Look at the log of the service behind the probe, or correct READY_PROBE in recipe-ci.yml',
  } as const
  return { name, status: 'fail', ms, detail, cause }
}

function nameOf(probe: ReadyProbe): string {
  if (probe.kind === 'http') return `READY_PROBE http ${probe.path}`
  const where = probe.service ?? probe.host
  return `READY_PROBE tcp ${where === undefined ? '' : `${where} `}${probe.port}`
}

async function tryOnce(
  probe: ReadyProbe,
  { options, trust, deadlineMs }: Omit<Probing, 'probe' | 'leftMs'> & { deadlineMs: number },
): Promise<Attempt> {
  const { signal } = options
  if (probe.kind === 'tcp') {
    if (probe.service !== undefined) return await options.listens(probe.service, probe.port)
    const host = probe.host ?? options.gateway?.host ?? options.domain
    const limitMs = Math.min(CONNECT_MS, deadlineMs)
    return await takesConnection({ host, port: probe.port, deadlineMs: limitMs, signal })
  }
  const answer = await get({ address: options, path: probe.path, trust, deadlineMs, signal })
  if (answer.kind === 'silence') return { good: false, seen: answer.why }
  // The proxy answers too, while the app does not: a probe that wants a 404 must not be content with its page.
  const byProxy = speakerOf(answer) === 'proxy'
  const seen = `HTTP ${answer.status}${byProxy ? ' from the proxy' : ''}`
  return { good: !byProxy && probe.status.includes(answer.status), seen }
}
