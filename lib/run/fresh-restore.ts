import type { Check } from '../domain/check.js'
import { settle } from '../verdict/tier-status.js'
import type { Bench } from './bench.js'
import { deploy } from './deploy.js'
import { Ledger } from './ledger.js'
import { serve } from './serve.js'
import { performRestore } from './tiers/restore.js'

/**
 * The real disaster case: services and volumes go, the app is deployed again (not created again), this run's snapshot is
 * restored into the empty volumes, and the old data must be back. Its checks count for the restore tier.
 */
export async function freshRestore(bench: Bench): Promise<void> {
  const { emit, phases } = bench.ports
  const startedAt = performance.now()
  const ledger = new Ledger('restore', emit)
  await phases.in('fresh restore', () => act(bench, ledger))
  const { status, reason } = settle({ status: 'pass', reason: '' }, ledger.checks)
  const ms = Math.round(performance.now() - startedAt)
  emit({ type: 'tier.finished', tier: 'restore', status, ms, reason })
}

async function act(bench: Bench, ledger: Ledger): Promise<void> {
  const { facts, ports, progress } = bench
  ports.emit({ type: 'op.started', op: 'fresh restore' })
  await ports.emptyOut(facts.app)
  const redeploy = { op: 'fresh-restore', commit: facts.head, env: {} } as const
  if (!enter(ledger, await deploy(bench, { ...redeploy, missingImage: undefined }))) return
  if (!enter(ledger, await serve(bench))) return
  const { answer, settled } = await performRestore(bench)
  if (!enter(ledger, [answer, settled])) return
  enter(ledger, await serve(bench))
  await progress.canaries?.refresh(progress.services)
  enter(ledger, (await progress.canaries?.restored({ fresh: true })) ?? [])
}

function enter(ledger: Ledger, checks: readonly Check[]): boolean {
  return ledger.add(checks.map(check => ({ ...check, name: `fresh: ${check.name}` })))
}
