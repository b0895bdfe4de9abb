import type { Observation } from '../../domain/finding.js'
import { engineWorld } from '../../janitor/engine-world.js'
import { leasedDomains, readLease } from '../../janitor/lease.js'
import { REAP_MS, sweep, type SweepRow } from '../../janitor/sweep.js'
import { parseAppDomain } from '../../domain/names.js'
import type { Bench } from '../bench.js'
import type { Check } from '../examine.js'
import { needed, NotLookedAt, ok, warn } from '../look.js'

const SHOWN = 3

/** What earlier runs left, on purpose or not. */
export const LEFTOVER_CHECKS: readonly Check<Bench>[] = [
  { id: 'leases', about: 'no lease of a kept app is unreadable or expired', look: lookAtLeases },
  {
    id: 'leaked-runs',
    about: 'no orphan, and no lock that is held for longer than two deadlines',
    deadlineMs: 45_000,
    look: lookAtSuspects,
  },
]

function lookAtLeases({ config, domain: suffix, now }: Bench): Observation {
  const kept: string[] = []
  const odd: string[] = []
  for (const name of leasedDomains(config.stateDir)) {
    const domain = parseAppDomain(name, suffix ?? name.split('.').slice(1).join('.'))
    const reading = domain && readLease(config.stateDir, domain, now())
    if (reading?.state === 'active') kept.push(`${name} until ${reading.lease.until.toISOString()}`)
    else odd.push(`${name} (${reading?.state ?? 'not the name of a run app'})`)
  }
  if (odd.length > 0)
    return warn(
      `leases that hold nothing or cannot be read: ${odd.join(', ')}`,
      `Run "recipe-ci janitor"; remove by hand what stays in ${config.stateDir}/leases`,
    )
  return ok(kept.length === 0 ? 'no kept app' : `kept on purpose: ${kept.join(', ')}`)
}

async function lookAtSuspects(bench: Bench, signal: AbortSignal): Promise<Observation> {
  const { config, domain: suffix, pid, now } = bench
  if (suffix === undefined) throw new NotLookedAt('domain')
  const engine = await needed(bench.engine(), 'engine')
  const { lockDir, stateDir, deadlineMs, abraDir } = config
  const emit = () => undefined
  const world = engineWorld({ engine, abraDir, suffix, limitMs: REAP_MS, emit })
  const places = { suffix, lockDir, stateDir, deadlineMs }
  const looking = { ...places, world, dryRun: true, runId: 'doctor', pid, emit, now, signal }
  return judgeSuspects(await sweep(looking))
}

function judgeSuspects(rows: readonly SweepRow[]): Observation {
  const flagged = rows.filter(({ action }) => action === 'flag')
  const orphans = rows.filter(({ action }) => action === 'reap')
  const live = rows.filter(({ row }) => row === 'live').length
  if (flagged.length > 0)
    return warn(listed('a person must look at', flagged), 'Run "recipe-ci janitor --dry-run"')
  if (orphans.length > 0)
    return warn(
      listed('left by dead runs', orphans),
      'Run "recipe-ci janitor", or any run: it removes them',
    )
  return ok(`nothing left behind, ${live} live`)
}

function listed(what: string, rows: readonly SweepRow[]): string {
  const named = rows.slice(0, SHOWN).map(({ domain, why }) => `${domain}: ${why}`)
  const more = rows.length > SHOWN ? ` and ${rows.length - SHOWN} more` : ''
  return `${what}: ${named.join('; ')}${more}`
}
