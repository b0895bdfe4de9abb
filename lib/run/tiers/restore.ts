import type { Check } from '../../domain/check.js'
import { backupCapable } from '../../backup/promise.js'
import { generic, type Bench, type TierAct } from '../bench.js'
import { withoutOld } from '../old-services.js'
import type { AbraAnswer } from '../ports.js'
import { restoreFailure } from '../restore-failure.js'
import { serve } from '../serve.js'
import { NOT_CAPABLE } from './backup.js'

/** Changes the data, restores this run's snapshot in place and proves that the old data is back. */
export const restore: TierAct = async (bench, ledger) => {
  const { facts, ports, progress } = bench
  if (!(facts.meta.backupCapable ?? backupCapable(progress.services))) return NOT_CAPABLE
  const op = { name: 'restore', before: null, after: null, snapshotId: progress.snapshotId ?? null }
  if (!ledger.add(await ports.hooks.hook('pre_restore', op))) return undefined
  if (!ledger.add((await progress.canaries?.change()) ?? [])) return undefined
  ports.reached('canary.changed')
  const { answer, settled } = await performRestore(bench)
  if (!ledger.add([answer])) return undefined
  await generic(bench, ledger, async () => [settled, ...(await proofs(bench))])
  ledger.addOnTop(await ports.hooks.tests('restore', op))
  return undefined
}

/** The op itself: restores this run's snapshot and waits until the stack has settled again. */
export async function performRestore(bench: Bench): Promise<{ answer: Check; settled: Check }> {
  const { facts, ports, progress } = bench
  return ports.phases.in('restore', async floor => {
    await using watch = await ports.watch(facts.app.stack)
    ports.emit({ type: 'op.started', op: 'restore' })
    const answer = await ports.abra.restore(facts.app, progress.snapshotId, () => {
      ports.reached('restore.sent')
    })
    ports.reached('restore.returned')
    ports.signal.throwIfAborted()
    floor.add(answer.ms)
    const detail = answer.ok ? '' : answer.said
    ports.emit({ type: 'op.done', op: 'restore', ms: answer.ms, detail })
    const settled = await watch.settled({ deadlineMs: facts.meta.deployTimeoutMs, op: 'restore' })
    floor.add(settled.ms)
    progress.services = withoutOld(progress, settled.services)
    return {
      answer: answerCheck(answer),
      settled:
        settled.state === 'converged'
          ? { name: 'converged', status: 'pass', ms: settled.ms, detail: '' }
          : failedToSettle(settled.cause.sentence, settled),
    }
  })
}

function failedToSettle(detail: string, settled: { ms: number; cause: Check['cause'] }): Check {
  const { ms, cause } = settled
  return { name: 'converged', status: 'fail', ms, detail, ...(cause ? { cause } : {}) }
}

function answerCheck(answer: AbraAnswer & { readonly output: string }): Check {
  const name = 'restore'
  if (answer.ok) return { name, status: 'pass', ms: answer.ms, detail: '' }
  const cause = restoreFailure(answer)
  return { name, status: 'fail', ms: answer.ms, detail: cause.sentence, cause }
}

async function proofs(bench: Bench): Promise<readonly Check[]> {
  const { progress } = bench
  const serving = await serve(bench)
  const restored = (await progress.canaries?.restored()) ?? []
  return [...serving, ...restored, ...unproven(restored, progress.dataVerified)]
}

// A stateful app whose restore nothing has looked at must not be green.
function unproven(restored: readonly Check[], verified: boolean): readonly Check[] {
  if (verified || restored.some(check => check.status !== 'skip')) return []
  const sentence =
    'The app is labelled for backup, but no data of it could be watched through the restore'
  return [
    {
      name: 'data proof',
      status: 'unver',
      ms: 0,
      detail: sentence,
      cause: {
        class: 'not_verified',
        sentence,
        evidence: 'no canary is covered and no ops/backup_verify passed',
        fix: 'Add ops/backup_verify, or declare EXPECTED_NA: {backup_restore: <reason>}',
      },
    },
  ]
}
