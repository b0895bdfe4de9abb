import type { Check } from '../domain/check.js'
import type { Status } from '../domain/tiers.js'
import { settle } from '../verdict/tier-status.js'
import type { Bench } from './bench.js'
import { deploy } from './deploy.js'
import { isBad, Ledger } from './ledger.js'
import { serve } from './serve.js'
import { ONLY_WHEN_EMPTY } from './restore-failure.js'
import { performRestore } from './tiers/restore.js'
import { refreshData } from './watched-data.js'

/** What the restore in place came to stays, whatever comes after it. */
const CLAIM = {
  pass: { status: 'pass', reason: '' },
  fail: { status: 'fail', reason: 'the restore in place failed' },
} as const

/**
 * The real disaster case: services and volumes go, the app is deployed again (not created again), this run's snapshot is
 * restored into the empty volumes, and the old data must be back. Its checks count for the restore tier. After a restore
 * in place that failed it tells whether the backup is worth nothing or only the restore in place is.
 */
export async function freshRestore(bench: Bench, inPlace: Status | undefined): Promise<void> {
  if (bench.progress.snapshotId === undefined || (inPlace !== 'pass' && inPlace !== 'fail')) return
  const { emit, phases } = bench.ports
  const startedAt = performance.now()
  const ledger = new Ledger('restore', emit)
  await phases.in('fresh restore', () => act(bench, ledger))
  if (inPlace === 'fail') ledger.add(diagnosis(ledger.checks))
  const { status, reason } = settle(CLAIM[inPlace], ledger.checks)
  const ms = Math.round(performance.now() - startedAt)
  emit({ type: 'tier.finished', tier: 'restore', status, ms, reason })
}

async function act(bench: Bench, ledger: Ledger): Promise<void> {
  const { facts, ports, progress } = bench
  ports.emit({ type: 'op.started', op: 'fresh restore' })
  await ports.emptyOut(facts.app)
  ports.reached('fresh.emptied')
  const redeploy = { op: 'fresh-restore', commit: facts.head, env: {} } as const
  if (!enter(ledger, await deploy(bench, redeploy))) return
  if (!enter(ledger, await serve(bench))) return
  const { answer, settled } = await performRestore(bench)
  if (!enter(ledger, [answer, settled])) return
  enter(ledger, await serve(bench))
  await refreshData(bench)
  enter(ledger, (await progress.canaries?.restored({ fresh: true })) ?? [])
}

function enter(ledger: Ledger, checks: readonly Check[]): boolean {
  return ledger.add(checks.map(check => ({ ...check, name: `fresh: ${check.name}` })))
}

/** Data that came back here and not in place: the restore works only where nothing is. */
function diagnosis(checks: readonly Check[]): readonly Check[] {
  const back = checks.filter(({ name }) => name.startsWith('fresh: restored: '))
  if (checks.some(isBad) || !back.some(({ status }) => status === 'pass')) return []
  const { sentence: detail } = ONLY_WHEN_EMPTY
  return [{ name: 'restore in place', status: 'fail', ms: 0, detail, cause: ONLY_WHEN_EMPTY }]
}
