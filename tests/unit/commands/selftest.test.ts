import t from 'tap'
import {
  selftest,
  type SelftestPorts,
  type SelftestReport,
} from '../../../lib/commands/selftest.js'
import type { CrashPoint } from '../../../lib/domain/crash-points.js'
import { newIn, type Thing } from '../../../lib/selftest/census.js'
import { planRows } from '../../../lib/selftest/plan.js'
import type { NotReached, Row } from '../../../lib/selftest/row.js'
import { tableRow } from '../../../lib/selftest/table.js'
import type { AppDomain } from '../../../lib/domain/names.js'

const DOMAIN = 'self-0386d4.ci.example.org' as AppDomain
const volume: Thing = { kind: 'volume', name: 'v', id: 'v', domain: DOMAIN }

const row = (point: CrashPoint, more: Partial<Row> = {}): Row => ({
  ...{ number: 1, point, reached: true, leftBehind: [volume], afterSweep: [], problems: [] },
  ...{ clean: true, seconds: 1, ...more },
})

type Staged = Partial<Record<CrashPoint, Partial<Row>>>

async function play(
  points: readonly CrashPoint[],
  staged: Staged = {},
  more: { bot?: boolean; chosen?: boolean; notReached?: NotReached; broken?: boolean } = {},
) {
  const reports: SelftestReport[] = []
  const said: string[] = []
  let lastSweeps = 0
  const ports: SelftestPorts = {
    hasBot: async () => more.bot ?? true,
    performRow: async ({ point }) => {
      if (more.broken === true) throw new Error('told to end')
      return { row: row(point, staged[point]), notReached: more.notReached }
    },
    lastSweep: async () => {
      lastSweeps += 1
    },
    say: text => said.push(text),
    json: report => reports.push(report),
    announce: () => 'announced',
  }
  const exit = await selftest({ points, chosen: more.chosen ?? false }, ports).catch(
    (error: unknown) => error,
  )
  return { exit, said, report: reports[0], lastSweeps }
}

t.test('green only when every row is clean, and said before anything is done', async t => {
  const good = await play(['lock.won', 'deploy.sent'])
  t.equal(good.exit, 0)
  t.equal(good.said[0], 'announced')
  t.match(good.report, { exit: 0, rows: [{ point: 'lock.won' }, { point: 'deploy.sent' }] })
  const bad = await play(['lock.won', 'deploy.sent'], {
    'lock.won': { clean: false, afterSweep: [volume] },
  })
  t.equal(bad.exit, 7)
  t.match(bad.report, { exit: 7, rows: { length: 2 } }, 'the rows behind it are done all the same')
})

t.test('without a backup bot its points are left out and named, unless asked for', async t => {
  const points: readonly CrashPoint[] = ['lock.won', 'snapshot.taken', 'restore.sent']
  const without = await play(points, {}, { bot: false })
  t.match(without, { exit: 0, report: { left_out: ['snapshot.taken', 'restore.sent'] } })
  t.match(without.said.at(-1), /left out: snapshot\.taken, restore\.sent/)
  t.match((await play(points, {}, { bot: false, chosen: true })).report, { rows: { length: 3 } })
})

t.test('a point that was never reached is not clean; no run at all is a fault', async t => {
  const staged: Staged = { 'lock.won': { clean: false, reached: false } }
  const red = await play(['lock.won'], staged, { notReached: { exitCode: 7, said: 'red' } })
  t.equal(red.exit, 7)
  t.match(red.said.join('\n'), /lock\.won .* not reached/)
  const unfit = await play(['lock.won', 'deploy.sent'], staged, {
    notReached: { exitCode: 1, said: 'Cannot find "abra"' },
  })
  t.match(unfit.exit, { code: 'RCI_ABSENT', message: /Cannot find "abra"/ })
})

t.test('ended early, it sweeps once more', async t => {
  t.match(await play(['lock.won'], {}, { broken: true }), {
    exit: { message: 'told to end' },
    lastSweeps: 1,
  })
})

t.test('what somebody else holds, and what was there before, is not counted', async t => {
  const other: Thing = { ...volume, id: 'w', domain: 'note-111111.ci.example.org' as AppDomain }
  const draft: Thing = { kind: 'half-written file', name: 'f', id: 'f', domain: undefined }
  const held = (domain: AppDomain): boolean => domain !== DOMAIN
  t.strictSame(newIn([volume, other, draft], [], held), [volume, draft])
  t.strictSame(
    newIn([volume, other], [volume], () => false),
    [other],
  )
})

t.test('a row that is not clean names every single thing that is left', async t => {
  const survivor: Thing = {
    kind: 'process',
    name: '77 abra app deploy',
    id: '77',
    domain: undefined,
  }
  const text = tableRow(
    row('deploy.sent', {
      ...{ clean: false, leftBehind: [survivor, volume], afterSweep: [volume] },
      problems: ['the record of x says running, not aborted'],
    }),
  )
  for (const wrong of ['process 77 abra app deploy', 'volume v', 'says running', '1 left'])
    t.match(text, wrong)
})

t.test('each row does no more than brings it past its point, and knows its record', async t => {
  const [sent] = planRows(['deploy.sent'])
  t.match(sent, { number: 21, steps: [{ act: 'run', args: ['--stages', 'install'] }] })
  const records = planRows(['folder.begun', 'deploy.sent', 'record.replaced']).map(r => r.record)
  t.strictSame(records, ['no record', 'aborted', 'finished'])
})
