import t from 'tap'
import { isTap, readTap } from '../../../lib/run/tap-output.js'

const statuses = (text: string, exit = 0) => readTap(text, exit).map(check => check.status)

t.test('TAP is known by its version line or its plan, not by a line that says ok', async t => {
  t.equal(isTap('TAP version 14\nok\n'), true)
  t.equal(isTap('ok 1 - a\n1..1\n'), true)
  t.equal(isTap('ok, all is well\n'), false)
})

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
    text: '1..1\n    not ok 1 - x\n    1..1\nok 1 - a\n',
    want: ['pass'],
  },
  { title: 'a missing point fails', text: '1..2\nok 1 - a\n', want: ['pass', 'fail'] },
  { title: 'a missing plan fails', text: 'TAP version 14\nok 1 - a\n', want: ['pass', 'fail'] },
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
  t.match(readTap('1..2\nok 1 - logs in # SKIP no SSO\nnot ok 2 - stores a #1 note\n', 1), [
    { name: 'logs in', detail: 'no SSO' },
    { name: 'stores a #1 note', status: 'fail' },
  ])
})
