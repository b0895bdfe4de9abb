import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { RULES } from '../../../lib/janitor/decide.js'
import type { SweepRow } from '../../../lib/janitor/sweep.js'
import { CLI, runProgram } from '../../support/run-cli.js'
import { ROWS, stageHost, sweepWhileReplaced } from '../../support/staged-host.js'

t.test(
  'a dry run prints every row of the decision table for a host with one suspect each',
  async t => {
    const host = await stageHost(t)
    const text = await sweepWhileReplaced(host, ['janitor', '--dry-run'])
    t.comment(text)
    const lines = text.split('\n').map(line => line.split(/ {2,}/))
    const printed = new Map(lines.map(([, row = '', domain = '']) => [domain, row]))
    printed.delete('')
    t.strictSame(Object.fromEntries(printed), host.expected)
    t.match(lines.at(-2), [
      /^11 suspects: 2 to reap, 1 to tidy, 4 to flag, 4 to leave \(dry run\)$/,
    ])
    t.strictSame(
      readdirSync(host.lockDir).sort(),
      [...host.lockfiles].sort(),
      'it left the lock folder alone',
    )
  },
)

t.test(
  'the other two rows belong to a host without a lock folder and to the sweep of a run',
  async t => {
    const others = RULES.map(({ row }) => row).filter(row => !ROWS.includes(row))
    t.strictSame(others, ['lock-dir-missing', 'not-probed'])
  },
)

t.test('as JSON it has the shape that scripts rely on', async t => {
  const host = await stageHost(t)
  const { stdout, exitCode } = await runProgram([CLI, 'janitor', '--dry-run', '--json'], host)
  t.equal(exitCode, 0)
  const report = JSON.parse(stdout) as { exit: number; suspects: SweepRow[] }
  t.equal(report.exit, 0)
  for (const suspect of report.suspects)
    t.strictSame(Object.keys(suspect).sort(), [
      'action',
      'domain',
      'done',
      'error',
      'held_by',
      'held_since',
      'row',
      'why',
    ])
  const live = report.suspects.find(({ row }) => row === 'live')
  t.match(live, { action: 'leave', held_by: /pid \d+/, held_since: /^\d{4}-.*Z$/, done: false })
  t.match(
    report.suspects.find(({ row }) => row === 'orphan'),
    { action: 'reap', held_by: null },
  )
})

t.test('without a lock folder each app is flagged, which is no failure', async t => {
  const host = await stageHost(t)
  const env = { ...host.env, CCCI_APP_LOCK_DIR: join(host.dir, 'missing') }
  const { stdout, exitCode } = await runProgram([CLI, 'janitor', '--dry-run'], { env })
  t.equal(exitCode, 0)
  const flagged = stdout.split('\n').filter(line => line.startsWith('flag '))
  for (const row of ['reboot', 'orphan']) {
    const domain = Object.entries(host.expected).find(([, name]) => name === row)?.[0] ?? ''
    t.ok(
      flagged.some(line => line.includes('lock-dir-missing') && line.includes(domain)),
      row,
    )
  }
})
