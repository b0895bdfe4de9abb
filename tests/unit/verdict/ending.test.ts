import t from 'tap'
import { AbsentFault } from '../../../lib/errors.js'
import { causeOfEnd, causeOfFault, causeOfThrown } from '../../../lib/verdict/ending.js'

t.test('a fault is its own cause: message, code, hint', async t => {
  t.strictSame(causeOfThrown(new AbsentFault('Cannot reach Docker', 'Start it')), {
    class: 'fault',
    sentence: 'Cannot reach Docker',
    evidence: 'RCI_ABSENT',
    fix: 'Start it',
  })
})

t.test('a full disk is named as such, however deep it lies', async t => {
  const full = Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' })
  t.equal(causeOfThrown(full).class, 'disk_full')
  t.equal(causeOfThrown(new AbsentFault('Cannot clone', 'x', { cause: full })).class, 'disk_full')
})

t.test('whatever else is thrown is a bug of ours', async t => {
  t.match(causeOfThrown(new TypeError('oops')), { class: 'fault', sentence: /itself failed: oops/ })
  t.match(causeOfThrown('text'), { class: 'fault', evidence: 'no stack' })
})

t.test('an early end says in what phase and on what it waited', async t => {
  const end = { reason: 'hangup', code: 129 } as const
  t.equal(
    causeOfEnd(end, { phase: 'install', waitingFor: 'db' }).sentence,
    'The terminal of the run was closed during install, while waiting for db',
  )
})

t.test('what was thrown, or never caught, is the fault; a signal has none', async t => {
  const oops = new TypeError('oops')
  const bug = { reason: 'fault', code: 1, error: oops } as const
  const sentence = 'recipe-ci itself failed: oops'
  t.match(causeOfFault({ thrown: bug, end: bug }), { class: 'fault', sentence }, 'never caught')
  t.match(causeOfFault({ thrown: oops, end: undefined }), { class: 'fault', sentence }, 'thrown')
  const signal = { reason: 'terminated', code: 143 } as const
  t.equal(causeOfFault({ thrown: signal, end: signal }), undefined)
  t.equal(causeOfFault({ thrown: undefined, end: undefined }), undefined)
})
