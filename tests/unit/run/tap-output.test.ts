import t from 'tap'
import { isTap, readTap } from '../../../lib/run/tap-output.js'

const statuses = (text: string, exitCode = 0) =>
  readTap(text, { exitCode }).map(({ status }) => status)

t.test(
  'TAP is known by its version line, its plan or a point, not by a line that says ok',
  async t => {
    t.equal(isTap('TAP version 14\nok\n'), true)
    t.equal(isTap('ok\n1..1\n'), true)
    t.equal(isTap('ok 1 - a\nok 2 - b # SKIP no keycloak\n'), true)
    t.equal(isTap('not ok 1\n'), true)
    t.equal(isTap('1..0 # SKIP no browser\r\n'), true)
    t.equal(isTap('1..3 retries are allowed\n'), false)
    t.equal(isTap('ok 200 - /\nok 200 - /login\n'), false, 'its exit code says as much')
    t.equal(isTap('ok, all is well\nok 3 files\nnot ok: once more\n'), false)
  },
)

const rows: { title: string; text: string; exit?: number; want: string[] }[] = [
  {
    title: 'each point counts',
    text: '1..2\nok 1 - a\nnot ok 2 - b\n',
    exit: 1,
    want: ['pass', 'fail'],
  },
  { title: 'a skip directive is a skip', text: 'ok 1 - a # SKIP no\n1..1\n', want: ['skip'] },
  {
    title: 'a failing todo does not fail',
    text: 'not ok 1 - a # TODO later\n1..1\n',
    want: ['skip'],
  },
  {
    title: 'subtests count through their closing point',
    text: '1..1\n    ok 1 - x\n    ok 2 - y\n    1..2\nok 1 - a\n',
    want: ['pass'],
  },
  {
    title: 'ok over what is not ok fails',
    text: '1..1\n    not ok 1 - x\n    1..1\nok 1 - a\n',
    want: ['fail'],
  },
  {
    title: 'ok over nothing but skipped points is a skip, at any depth',
    text: '1..1\n        ok 1 - y # SKIP no\n        1..1\n    ok 1 - x\n    1..1\nok 1 - a\n',
    want: ['skip'],
  },
  {
    title: 'what is skipped among others is told beside them',
    text: '1..1\n    ok 1 - x\n    ok 2 - y # SKIP no\n    1..2\nok 1 - a\n',
    want: ['pass', 'skip'],
  },
  {
    title: 'a subtest that asserts by throwing counts through its closing point',
    text: '1..1\n# Subtest: a\n    1..0\nok 1 - a\n',
    want: ['pass'],
  },
  {
    title: "a suite of Node's runner without a test verifies nothing",
    text: "TAP version 13\n# Subtest: a\nok 1 - a\n  ---\n  type: 'suite'\n  ...\n1..1\n",
    want: ['unver'],
  },
  {
    title: "a suite of Node's runner with a test that ran passes",
    text: "TAP version 13\n    ok 1 - x\n    1..1\nok 1 - a\n  ---\n  type: 'suite'\n  ...\n1..1\n",
    want: ['pass'],
  },
  {
    title: 'a subtest that nothing closes fails',
    text: '1..1\nok 1 - a\n    ok 1 - x\n    1..1\n',
    want: ['pass', 'fail'],
  },
  {
    title: 'a point beyond the plan is not the one that was planned',
    text: '1..2\nok 1\nok 3\n',
    want: ['pass', 'fail'],
  },
  {
    title: 'a point that comes twice is not two',
    text: '1..2\nok 1\nok 1\n',
    want: ['pass', 'fail'],
  },
  {
    title: 'what is to be done is not done, ok or not, a suite or not',
    text: "1..2\nok 1 - a # TODO\nok 2 - b # TODO\n  ---\n  type: 'suite'\n  ...\n",
    want: ['skip', 'skip'],
  },
  {
    title: 'indented talk is no subtest',
    text: '1..2\nok 1 - a\n    not ok yet: worker\n    ok now\nok 2 - b\n    ok 1 - c\n',
    want: ['pass', 'pass'],
  },
  {
    title: 'a subtest that was named and broke off is one',
    text: '1..2\nok 1 - a\n# Subtest: b\n    not ok 1 - x\nok 2 - b\n',
    want: ['pass', 'fail'],
  },
  {
    title: 'a script that says ok in passing comes to its end by its exit code',
    text: 'ok 1 - a\nok 2 - b\n',
    want: ['pass', 'pass'],
  },
  { title: 'and to a bad one too', text: 'ok 1 - a\n', exit: 1, want: ['pass', 'fail', 'fail'] },
  {
    title: 'what it says is not ok counts all the same',
    text: 'not ok 1 - a\nok 2 - b\n',
    want: ['fail', 'pass'],
  },
  {
    title: 'a plan of none is no excuse for a bad exit code',
    text: '1..0 # SKIP no browser\n',
    exit: 1,
    want: ['fail'],
  },
  {
    title: 'nor for bailing out',
    text: '1..0 # SKIP no browser\nBail out! db gone\n',
    want: ['fail'],
  },
  {
    title: 'nor for points',
    text: '    not ok 1 - x\n    1..1\n1..0\n',
    exit: 1,
    want: ['fail', 'fail'],
  },
  { title: 'a missing point fails', text: '1..2\nok 1 - a\n', want: ['pass', 'fail'] },
  { title: 'a missing plan fails', text: 'TAP version 14\nok 1 - a\n', want: ['pass', 'fail'] },
  {
    title: 'a version line alone has no plan: it left before its first point',
    text: 'TAP version 13\n',
    want: ['fail'],
  },
  { title: 'nor has one with talk behind it', text: 'TAP version 14\n# x\n', want: ['fail'] },
  { title: 'bailing out fails', text: '1..1\nok 1\nBail out! db gone\n', want: ['pass', 'fail'] },
  {
    title: 'an exit code that contradicts fails',
    text: '1..1\nok 1\n',
    exit: 3,
    want: ['pass', 'fail'],
  },
  {
    title: 'a plan of none with a reason is a skip',
    text: '1..0 # SKIP no browser\n',
    want: ['skip'],
  },
  { title: 'a plan of none without a reason verifies nothing', text: '1..0\n', want: ['unver'] },
]
for (const { title, text, exit, want } of rows) {
  t.test(title, async t => {
    t.strictSame(statuses(text, exit), want)
  })
}

t.test('names and reasons are kept', async t => {
  t.match(
    readTap('1..2\nok 1 - logs in # SKIP no SSO\nnot ok 2 - stores a #1 note\n', { exitCode: 1 }),
    [
      { name: 'logs in', detail: 'no SSO' },
      { name: 'stores a #1 note', status: 'fail' },
    ],
  )
})

t.test('where only the end was kept, what is there is not all of it', async t => {
  t.match(readTap('1..1\nok 1 - a\n', { exitCode: 0, cut: true }), [
    { status: 'pass' },
    { status: 'fail', detail: /only the end/ },
  ])
})

t.test('the reason of what was skipped deep down is kept, once', async t => {
  const deep = '    ok 1 - x # SKIP no keycloak\n    ok 2 - y # SKIP no keycloak\n    1..2\n'
  t.match(readTap(`1..1\n${deep}ok 1 - a\n`, { exitCode: 0 }), [
    { name: 'a', status: 'skip', detail: 'no keycloak' },
  ])
  const some = '    ok 1 - x\n    ok 2 - y # SKIP no keycloak\n    1..2\n'
  t.match(readTap(`1..1\n${some}ok 1 - a\n`, { exitCode: 0 }), [
    { name: 'a', status: 'pass' },
    { name: 'a > y', status: 'skip', detail: 'no keycloak' },
  ])
})
