import t from 'tap'
import { jsonOf, tableOf } from '../../../lib/commands/janitor-report.js'
import type { SweepRow } from '../../../lib/janitor/sweep.js'

const row: SweepRow = {
  domain: 'site-3fa9c1.ci.example.org',
  row: 'orphan',
  action: 'reap',
  why: 'orphan: an app whose run is dead',
  held_by: null,
  held_since: null,
  done: true,
  error: null,
}

t.test('the JSON of a sweep has exit and suspects with the fields of the contract', async t => {
  const parsed = JSON.parse(jsonOf({ exit: 0, suspects: [row], runs: [] })) as {
    suspects: object[]
  }
  t.match(parsed, { exit: 0, suspects: [row] })
  const fields = ['domain', 'row', 'action', 'why', 'held_by', 'held_since', 'done', 'error']
  t.strictSame(Object.keys(parsed.suspects[0] ?? {}), fields)
})

t.test('the table says what was done, what failed and what a dry run left', async t => {
  const failed = { ...row, done: false, error: 'still there: volume x' }
  const table = tableOf({ exit: 7, suspects: [row, failed], runs: [] }, false)
  t.match(table, /is dead; done\n/)
  t.match(table, /FAILED: still there: volume x\n2 suspects: 2 to reap, .*; 1 failed\n$/)
  const dry = tableOf({ exit: 0, suspects: [{ ...row, done: false }], runs: [] }, true)
  t.match(dry, /not done: dry run/)
  t.equal(tableOf({ exit: 0, suspects: [], runs: [] }, false), 'nothing to do\n')
})

t.test('a hostile name cannot write to the terminal', async t => {
  const hostile = { ...row, domain: 'a\u001b[31m\n\u202eb\u0085' }
  const table = tableOf({ exit: 0, suspects: [hostile], runs: [] }, false)
  t.match(table, 'a\\u{1b}[31m\\u{a}\\u{202e}b\\u{85}')
})
