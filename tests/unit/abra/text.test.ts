import t from 'tap'
import { fatalOf, isLogLine, plainText } from '../../../lib/abra/text.js'

const ROWS: [string, string][] = [
  ['FATA deploy timed out', 'deploy timed out'],
  ['WARN careful\nFATA[0012] no secrets to remove?\n', 'no secrets to remove?'],
  [
    '2026/11/24 10:00:00 FATA <deploy.go:123> notes is already deployed',
    'notes is already deployed',
  ],
  ['\u001b[1;31mFATA\u001b[0m it\u001b[0m broke\r\n', 'it broke'],
  ['FATA first\nFATA second', 'second'],
  ['FATAL: no such app', 'no such app'],
  ['all is well', ''],
  ['FATALITIES are no level', ''],
]

t.test('the reason is the text of the last line at level FATA', async t => {
  for (const [text, fatal] of ROWS) t.equal(fatalOf(text), fatal, JSON.stringify(text))
})

t.test('what a terminal program printed comes back as text', async t => {
  t.equal(plainText('\u001b]0;title\u0007a\u001b[2K\u001b[?25lb\r\nc\rd\u001b(B'), 'ab\nc\nd')
})

t.test('a line of the log is told from what was asked for', async t => {
  for (const line of [
    'INFO x',
    'WARN[0001] x',
    '10:00 FATA x',
    '  ERRO x',
    'ERROR x',
    'WARNING: x',
  ])
    t.ok(isLogLine(line), line)
  for (const line of ['[{"name": "INFO"}]', 'INFORMATION', '┃ INFO ┃'])
    t.notOk(isLogLine(line), line)
})
