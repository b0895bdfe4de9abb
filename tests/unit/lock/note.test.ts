import t from 'tap'
import { describeHolder } from '../../../lib/lock/note.js'

const NOTES: readonly [content: string, said: string][] = [
  [
    '{"run_id":"142","pid":4242,"started":"x","build":"https://ci/1"}',
    'run 142, pid 4242, https://ci/1',
  ],
  [
    '{"run_id":"142","pid":4242,"for":"the removal of an orphan"}',
    'run 142, pid 4242, for the removal of an orphan',
  ],
  ['', 'an unknown holder'],
  ['{}', 'an unknown holder'],
  ['{"run_id":{"a":1}}', 'an unknown holder'],
  ['[1]', '[1]'],
  ['build 17\nof Python', 'build 17 of Python'],
  ['\u001b[31m\u202ered\u0000', '[31m red'],
]

for (const [content, said] of NOTES) {
  t.test(`a holder is told in one printable line: ${JSON.stringify(content)}`, async t => {
    t.equal(describeHolder(content), said)
  })
}
