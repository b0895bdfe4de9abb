import t from 'tap'
import { whyOf } from '../../../lib/process/outcome.js'

const FACTS = {
  argv: ['abra', 'app', 'deploy'],
  ended: 'exited',
  exitCode: null,
  signal: null,
  deadlineMs: 1_500,
  reason: undefined,
  message: undefined,
} as const

// prettier-ignore
const ROWS = [
  [{ exitCode: 3 },                                          '"abra app deploy" exited with 3'],
  [{ ended: 'signalled', signal: 'SIGSEGV' },                '"abra app deploy" was killed by SIGSEGV'],
  [{ ended: 'deadline', signal: 'SIGKILL' },                 '"abra app deploy" did not end within 1.5 s and was killed (SIGKILL)'],
  [{ ended: 'deadline', exitCode: 0 },                       '"abra app deploy" did not end within 1.5 s and was killed (it then exited with 0)'],
  [{ ended: 'cancelled' },                                   '"abra app deploy" was cancelled'],
  [{ ended: 'cancelled', reason: { reason: 'terminated' } }, '"abra app deploy" was cancelled: terminated'],
  [{ ended: 'cancelled', reason: new Error('no more time') }, '"abra app deploy" was cancelled: no more time'],
  [{ ended: 'cancelled', reason: new DOMException('', 'AbortError') }, '"abra app deploy" was cancelled'],
  [{ ended: 'not-started', message: 'no such\nfile' },       '"abra app deploy" could not be started: no such file'],
] as const

t.test('an outcome says in one line which call ended and why', async t => {
  for (const [facts, sentence] of ROWS) t.equal(whyOf({ ...FACTS, ...facts }), sentence)
})

t.test('a long command line is shortened', async t => {
  t.ok(whyOf({ ...FACTS, argv: ['x'.repeat(9_000)] }).length < 300)
})
