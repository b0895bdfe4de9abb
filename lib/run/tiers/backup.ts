import type { Mark } from '../../backup/snapshots.js'
import type { Check } from '../../domain/check.js'
import type { HappeningBody } from '../../domain/events.js'
import { backupCapable, promisedVolumes, type PromisedVolume } from '../../backup/promise.js'
import { generic, type Bench, type TierAct } from '../bench.js'
import { deployFailure } from '../deploy-failure.js'
import { withoutOld } from '../old-services.js'
import type { AbraAnswer } from '../ports.js'
import { heldParts, heldVolumes, snapshotChecks, type SnapshotEntry } from '../snapshot-checks.js'
import { unkeptDumps } from '../unkept-dumps.js'
import { watchData } from '../watched-data.js'

/** Services may still be settling after the tier before; a hook run in a dying container fails. */
const SETTLE_LIMIT_MS = 300_000

export const NOT_CAPABLE = 'no service of the deployed version is labelled backupbot.backup=true'

/** Takes one snapshot and proves that it exists and holds what the labels promise. */
export const backup: TierAct = async (bench, ledger) => {
  const { facts, ports, progress } = bench
  progress.services = await settle(bench)
  if (!(facts.meta.backupCapable ?? backupCapable(progress.services))) return NOT_CAPABLE
  if (!ledger.add(await watchData(bench))) return undefined
  const op = { name: 'backup', before: null, after: null, snapshotId: null }
  if (!ledger.add(await ports.hooks.hook('pre_backup', op))) return undefined
  const mark = await ports.snapshots.mark(facts.app, await progress.earlier)
  const answer = await create(bench)
  if (!ledger.add([createCheck(answer)])) return undefined
  const proofs = await lookAt(bench, mark, answer.output)
  // Without a snapshot there is nothing to restore, whatever is switched off.
  if (progress.snapshotId === undefined) ledger.add(proofs)
  else await generic(bench, ledger, () => Promise.resolve(proofs))
  const done = { ...op, snapshotId: progress.snapshotId ?? null }
  const verified = await ports.hooks.hook('backup_verify', done)
  progress.dataVerified = verified.some(check => check.status === 'pass')
  ledger.add(verified)
  ledger.addOnTop(await ports.hooks.tests('backup', done))
  return undefined
}

async function settle({ facts, ports, progress }: Bench): Promise<Bench['progress']['services']> {
  await using watch = await ports.watch(facts.app.stack)
  const settled = await watch.settled({ deadlineMs: SETTLE_LIMIT_MS, op: 'restore' })
  return withoutOld(progress, settled.services)
}

async function create({ facts, ports }: Bench): Promise<AbraAnswer & { output: string }> {
  return ports.phases.in('backup', async floor => {
    ports.emit({ type: 'op.started', op: 'backup create' })
    const answer = await ports.abra.backupCreate(facts.app, () => {
      ports.reached('snapshot.sent')
    })
    if (answer.ok) ports.reached('snapshot.taken')
    ports.signal.throwIfAborted()
    floor.add(answer.ms)
    const detail = answer.ok ? '' : answer.said
    ports.emit({ type: 'op.done', op: 'backup create', ms: answer.ms, detail })
    return answer
  })
}

function createCheck(answer: AbraAnswer & { readonly output: string }): Check {
  const name = 'backup create'
  if (answer.ok) return { name, status: 'pass', ms: answer.ms, detail: '' }
  const cause = deployFailure('app backup create', answer, 'backup_failed')
  return { name, status: 'fail', ms: answer.ms, detail: cause.sentence, cause }
}

/** What the backup made, for the restore and for the record, with what that proves. */
async function lookAt(
  { facts, ports, progress }: Bench,
  mark: Mark,
  output: string,
): Promise<readonly Check[]> {
  const taken = await ports.phases.in('snapshot', () =>
    ports.snapshots.taken(facts.app, mark, output),
  )
  const { id, entries } = { id: undefined, entries: undefined, ...taken }
  progress.snapshotId = id
  const held = entries && heldVolumes(progress.services, entries)
  progress.canaries?.backedUp(held)
  const promised = promisedVolumes(progress.services, held)
  if (id !== undefined) ports.emit(takenEvent(id, promised, entries ?? []))
  const marks = progress.canaries?.marks() ?? []
  const unkept = unkeptDumps({ services: progress.services, held }, entries)
  return [...snapshotChecks({ id, entries, promised, marks }), ...unkept]
}

function takenEvent(
  id: string,
  promised: readonly PromisedVolume[],
  entries: readonly SnapshotEntry[],
): Extract<HappeningBody, { readonly type: 'snapshot.taken' }> {
  const files = entries.filter(entry => entry.isFolder !== true)
  return {
    type: 'snapshot.taken',
    id,
    files: files.length,
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    parts: heldParts(promised, entries),
  }
}
