import t from 'tap'
import { Parser } from 'tap-parser'
import { EXIT } from '../../../lib/errors.js'
import { tapOf } from '../../../lib/results/tap.js'
import { check, story, tier } from '../../support/happenings.js'
import { resultsOf } from '../../support/results.js'

const cause = { class: 'registry_down', sentence: 'no\nregistry', evidence: 'e', fix: 'f' } as const

const RED = {
  upgrade: tier('upgrade', 'fail', [
    check('serving', 'fail', { detail: 'got "502"\nfrom #1 \\ \u001b[31m' }),
  ]),
  backup: tier('backup', 'skip', []),
  restore: tier('restore', 'unver', []),
  custom: tier('custom', 'pass', [
    check('a # b \\ c'),
    check('later', 'skip', { detail: 'no # browser' }),
  ]),
}

type Read = {
  readonly ok: boolean
  readonly count: number
  readonly points: { ok: boolean; name: string; skip: unknown; diag: unknown }[]
}

function read(text: string): Read {
  const parser = new Parser({ strict: true })
  const points: Read['points'] = []
  let final = { ok: false, count: 0 }
  parser.on('assert', point => points.push(point as Read['points'][number]))
  parser.on('complete', (results: typeof final) => (final = results))
  parser.end(text)
  return { ok: final.ok, count: final.count, points }
}

t.test('a green run is TAP that passes', async t => {
  const text = tapOf(resultsOf(story()))
  t.match(text, /^TAP version 14\n/)
  const problems = Parser.parse(text, { strict: true }).filter(([kind]) => kind === 'extra')
  t.strictSame(problems, [])
})

t.test('a red run is TAP that fails, and valid all the same', async t => {
  const { ok, count, points } = read(tapOf(resultsOf(story(RED))))
  t.notOk(ok)
  t.equal(count, 8)
  t.strictSame(
    points.map(({ ok, name }) => [name, ok]),
    [
      ['install', true],
      ['upgrade', false],
      ['backup', true],
      ['restore', false],
      ['custom', true],
      ['lint', true],
      ['clean teardown', true],
      ['deploy count', true],
    ],
  )
  t.equal(points[2]?.skip, 'backup is skip')
  t.match(points[3]?.diag, { status: 'unver', message: 'restore is unver' }, 'unver says so')
})

t.test('names and details of any kind stay on their line', async t => {
  const text = tapOf(resultsOf(story(RED)))
  t.match(text, '    ok 1 - a \\# b \\\\ c\n')
  t.match(text, '    ok 2 - later # SKIP no \\# browser\n')
  t.notMatch(text, '\u001b')
})

t.test('a run that could not test bails out', async t => {
  const text = tapOf(resultsOf([...story(), { type: 'cause.found', cause }]))
  t.match(text, /^Bail out! fault: no registry$/m)
  const end = { reason: 'terminated', code: EXIT.terminated } as const
  t.match(tapOf(resultsOf([], { end })), /^Bail out! terminated: The run was terminated/m)
})

t.test('a run that came to no verdict has a point for it, within its plan', async t => {
  const end = { reason: 'terminated', code: EXIT.terminated } as const
  const text = tapOf(resultsOf(story(), { end }))
  const { ok, points } = read(text)
  t.notOk(ok)
  t.strictSame(
    points.filter(point => !point.ok).map(({ name }) => name),
    ['the run came to a verdict'],
  )
  t.match(text, /^Bail out! .*\n1\.\.9\n$/m, 'nothing may come after a plan at the end')
  t.strictSame(
    Parser.parse(text, { strict: true }).filter(([kind]) => kind === 'extra'),
    [],
  )
})

t.test('a failed lint is told and does not fail the stream', async t => {
  const lint = {
    type: 'lint.finished',
    status: 'fail',
    detail: 'R001',
    rulesFailed: ['R001'],
  } as const
  const text = tapOf(resultsOf([...story(), lint]))
  t.match(text, /not ok 6 - lint # TODO/)
  t.ok(read(text).ok)
})

t.test('whatever makes a run red makes its TAP red', async t => {
  const extras = [
    { type: 'deploy.counted', expected: 1, counted: 2 },
    { type: 'teardown.started', domain: 'note-3fa9c1.ci.example.org', why: 'again' },
  ] as const
  for (const extra of extras) {
    const results = resultsOf([...story(), extra])
    t.equal(results.exit_code, 7)
    t.notOk(read(tapOf(results)).ok, extra.type)
  }
})
