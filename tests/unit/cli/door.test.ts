import t from 'tap'
import { explain, leavingOf } from '../../../lib/cli/door.js'
import { AbsentFault, EXIT, UsageFault } from '../../../lib/errors.js'

const usage = new UsageFault('Cannot use "x"', 'Use y')
const absent = new AbsentFault('Cannot find "abra"', 'Install abra', {
  cause: new Error('not on PATH', { cause: new Error('ENOENT') }),
})

t.test('a command that returns a code leaves with it and says nothing', async t => {
  for (const code of Object.values(EXIT)) {
    t.strictSame(leavingOf({ code }, undefined), { code, text: '' })
  }
})

t.test('a fault leaves with its own code, and anything else with 1', async t => {
  t.equal(leavingOf({ thrown: usage }, undefined).code, 2)
  t.equal(leavingOf({ thrown: absent }, undefined).code, 1)
  t.equal(leavingOf({ thrown: new TypeError('x') }, undefined).code, 1)
  t.equal(leavingOf({ thrown: 'text' }, undefined).code, 1)
})

t.test('after a signal or the deadline its code stays, whatever comes after', async t => {
  const end = { reason: 'terminated', code: EXIT.terminated } as const
  for (const outcome of [{ code: EXIT.green }, { code: EXIT.red }, { thrown: usage }]) {
    t.equal(leavingOf(outcome, end).code, 143)
  }
})

t.test('a fault says what, why, what to do, and its code', async t => {
  t.equal(
    explain(absent),
    [
      'recipe-ci: Cannot find "abra"',
      '  because: not on PATH',
      '  because: ENOENT',
      '  fix:  Install abra',
      '  code: RCI_ABSENT, exit 1',
      '',
    ].join('\n'),
  )
})

t.test('anything but a fault is called a bug of recipe-ci', async t => {
  t.match(explain(new TypeError('no such thing')), /this is a bug of recipe-ci: TypeError: no such/)
  t.match(explain(null), /this is a bug of recipe-ci: null/)
  const end = { reason: 'fault', code: EXIT.fault, error: new TypeError('stray') } as const
  t.match(leavingOf({ code: EXIT.green }, end), { code: 1, text: /bug.*stray/ })
})

t.test('a fault that a failing disposal has wrapped is still the fault', async t => {
  const wrapped = Object.assign(new Error('disposal'), {
    name: 'SuppressedError',
    suppressed: usage,
  })
  t.equal(leavingOf({ thrown: wrapped }, undefined).code, 2)
})

t.test('credentials in URLs never leave by the door', async t => {
  t.notMatch(explain(new Error('clone of https://me:s3cr3t@host/x failed')), 's3cr3t')
})

t.test('a full disk is called one, with its fix, and no bug of recipe-ci', async t => {
  const message = 'ENOSPC: no space left on device, write'
  const full = Object.assign(new Error(message), { code: 'ENOSPC' })
  t.equal(
    explain(full),
    [
      `recipe-ci: The disk is full: ${message}`,
      '  fix:  Make room on the disk that the message names, then run again',
      '  code: exit 1',
      '',
    ].join('\n'),
  )
  const clone = new AbsentFault('Cannot clone', 'Look at the source', { cause: full })
  t.match(
    explain(clone),
    /full: Cannot clone\n {2}because: ENOSPC[^]*fix: {2}Make room[^]*RCI_ABSENT/,
  )
})
