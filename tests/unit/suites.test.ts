import { readFileSync } from 'node:fs'
import t from 'tap'
import { share } from '../support/shared-process.js'
import { choose, SUITES } from '../support/suites.js'
import { createDigest } from '../support/tap-digest.js'
import { add, sumLine, sumOf } from '../support/tap-sum.js'

t.test('the sum is what the closing line of tap says', async t => {
  const lines = [
    'ok 1 - tests/unit/a.test.ts',
    '# { total: 5, pass: 2, fail: 1, skip: 1, todo: 1 }',
  ]
  t.strictSame(sumOf(lines), { passed: 2, failed: 1, skipped: 2 })
})

t.test('a file that died is a failure even when all its assertions had passed', async t => {
  const lines = ['not ok 1 - tests/unit/a.test.ts', '# { total: 7, pass: 7 }']
  t.strictSame(sumOf(lines), { passed: 7, failed: 1, skipped: 0 })
})

t.test('output without a closing line is a failure', async t => {
  t.strictSame(sumOf([]), { passed: 0, failed: 1, skipped: 0 })
  t.strictSame(sumOf(['    # { total: 5, pass: 5 }']), { passed: 0, failed: 1, skipped: 0 })
})

t.test('sums add up to one line, and skips are said only when there are some', async t => {
  const total = add([
    { passed: 3, failed: 0, skipped: 0 },
    { passed: 4, failed: 1, skipped: 2 },
  ])
  t.equal(sumLine(total), '7 passed, 1 failed, 2 skipped')
  t.equal(sumLine({ passed: 1, failed: 0, skipped: 0 }), '1 passed, 0 failed')
})

t.test('a failure is shown with its diagnostic, and a pass is not', async t => {
  const digest = createDigest()
  const lines = [
    '    ok 1 - fine',
    '    not ok 2 - broken',
    '      ---',
    '      ok: not a result line',
    '      ...',
    '    ok 3 - left out # SKIP no swarm',
    'not ok 1 - tests/unit/a.test.ts # time=1ms',
    'ok 2 - tests/unit/b.test.ts # time=1ms',
  ]
  t.strictSame(lines.flatMap(digest), lines.slice(1))
})

t.test('of a file that died only the signal or the exit code is shown', async t => {
  const digest = createDigest()
  const lines = [
    'not ok 1 - tests/unit/a.test.ts',
    '  ---',
    '  cwd: /',
    '  signal: SIGTERM',
    '  exitCode: null',
    '  ...',
  ]
  t.strictSame(lines.flatMap(digest), [lines[0], lines[3]])
})

t.test('each suite can be chosen by name, and files by path', async t => {
  t.strictSame(
    choose(['unit']).map(({ name }) => name),
    ['unit'],
  )
  t.strictSame(
    choose(['tests/unit/suites.test.ts']).map(({ files }) => files),
    [['tests/unit/suites.test.ts']],
  )
  t.throws(() => choose(['units']), { message: /"units" is no suite/ })
  t.strictSame(
    choose([]).map(({ name }) => name),
    SUITES.map(({ name }) => name),
  )
})

t.test('files of pure code share processes, but for one that touches the root test', async t => {
  const dir = t.testdir({
    'a.test.ts': "t.test('x', async t => {\n  t.testdir({})\n})\n",
    'b.test.ts': '',
    'c.test.ts': 'const dir = t.testdir({})\n',
    'd.test.ts': '',
  })
  const files = ['a', 'b', 'c', 'd'].map(name => `${dir}/${name}.test.ts`)
  const run = share(files, 2, dir)
  t.strictSame(run, [`${dir}/shared-1.test.ts`, `${dir}/shared-2.test.ts`, files[2]])
  const entries = run.slice(0, 2).map(path => readFileSync(path, 'utf8'))
  t.match(entries[0], /a\.test\.ts.*d\.test\.ts/)
  t.match(entries[1], 'b.test.ts')
})
