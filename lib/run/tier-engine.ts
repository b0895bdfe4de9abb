import type { Status, Tier } from '../domain/tiers.js'
import { settle, type Standing } from '../verdict/tier-status.js'
import type { Bench, TierAct } from './bench.js'
import { freshRestore } from './fresh-restore.js'
import { Ledger } from './ledger.js'
import { blockedBy, type Grounds, type PlannedTier } from './plan.js'
import { endWatch, staysUp } from './stays-up.js'
import { backup } from './tiers/backup.js'
import { custom } from './tiers/custom.js'
import { install } from './tiers/install.js'
import { restore } from './tiers/restore.js'
import { upgrade } from './tiers/upgrade.js'

const ACTS: Readonly<Record<Tier, TierAct>> = { install, upgrade, backup, restore, custom }

type Statuses = Partial<Record<Tier, Status>>

/** Walks one app through the planned tiers. Each tier's op happens exactly once, here. */
export async function runTiers(bench: Bench, planned: readonly PlannedTier[]): Promise<void> {
  const ended: Statuses = {}
  const grounds: Statuses = {}
  try {
    for (const entry of planned) {
      bench.ports.signal.throwIfAborted()
      const { status, ground } = await runTier(bench, entry, grounds)
      ended[entry.tier] = status
      grounds[entry.tier] = ground
    }
    const stands = Object.values(ended).every(status => status === 'pass' || status === 'skip')
    if (stands) await staysUp(bench, ended.upgrade === 'pass' ? 'upgrade' : 'install')
    if (bench.facts.freshRestore) await freshRestore(bench, ended.restore)
  } finally {
    await endWatch(bench)
  }
}

async function runTier(
  bench: Bench,
  entry: PlannedTier,
  earlier: Grounds,
): Promise<{ readonly status: Status; readonly ground: Status }> {
  const { emit } = bench.ports
  const { tier } = entry
  const startedAt = performance.now()
  const ledger = new Ledger(tier, emit)
  const claim = exempt(entry, earlier, bench) ?? (await act(bench, ledger))
  const { status, reason } = settle(claim, ledger.checks)
  const ms = Math.round(performance.now() - startedAt)
  emit({ type: 'tier.finished', tier, status, ms, reason })
  return { status, ground: settle(claim, ledger.grounds).status }
}

/** Where a tier stands without being run: skipped by plan, or blocked by what happened before. */
function exempt(entry: PlannedTier, earlier: Grounds, { progress }: Bench): Standing | undefined {
  if (!entry.run) return { status: 'skip', reason: entry.reason }
  const blocked = blockedBy(entry.tier, earlier, progress.serving)
  return blocked === undefined ? undefined : { status: 'unver', reason: blocked }
}

async function act(bench: Bench, ledger: Ledger): Promise<Standing> {
  const { tier } = ledger
  bench.ports.emit({ type: 'tier.started', tier })
  const skip = await bench.ports.phases.in(tier, () => ACTS[tier](bench, ledger))
  return skip === undefined ? { status: 'pass', reason: '' } : { status: 'skip', reason: skip }
}
