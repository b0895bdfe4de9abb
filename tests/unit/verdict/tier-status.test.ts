import t from 'tap'
import type { Check } from '../../../lib/domain/check.js'
import type { Status } from '../../../lib/domain/tiers.js'
import { settle, tierStatus } from '../../../lib/verdict/tier-status.js'

const STATUSES: readonly Status[] = ['pass', 'fail', 'skip', 'unver']

/** Every list of up to four statuses. */
function* lists(length = 4): Generator<readonly Status[]> {
  yield []
  if (length === 0) return
  for (const rest of lists(length - 1)) for (const status of STATUSES) yield [status, ...rest]
}

const checks = (statuses: readonly Status[]): Check[] =>
  statuses.map((status, index) => ({ name: `check ${index}`, status, ms: 1, detail: 'seen' }))

t.test('a tier passes only with a passed check, no failed and no unverified one', async t => {
  for (const list of lists()) {
    const good = list.includes('pass') && !list.includes('fail') && !list.includes('unver')
    t.equal(tierStatus(checks(list)) === 'pass', good, list.join(' '))
  }
})

t.test('a tier without an executed check is unver, never pass', async t => {
  for (const list of lists())
    if (!list.includes('pass') && !list.includes('fail'))
      t.equal(tierStatus(checks(list)), 'unver', list.join(' '))
})

t.test('a failed check fails its tier, whatever else was seen', async t => {
  for (const list of lists()) if (list.includes('fail')) t.equal(tierStatus(checks(list)), 'fail')
})

t.test('a claim of pass never outdoes the checks', async t => {
  for (const list of lists()) {
    const settled = settle({ status: 'pass', reason: '' }, checks(list))
    t.equal(settled.status, tierStatus(checks(list)), list.join(' '))
    t.equal(settled.reason === '', settled.status === 'pass', 'what is not pass has a reason')
  }
})

t.test('a claim worse than the checks stands, with its reason', async t => {
  t.strictSame(settle({ status: 'unver', reason: 'cut short' }, checks(['pass'])), {
    status: 'unver',
    reason: 'cut short',
  })
  t.equal(settle({ status: 'unver', reason: 'cut short' }, checks(['fail'])).status, 'fail')
  t.equal(settle({ status: 'fail', reason: 'op failed' }, checks(['pass'])).status, 'fail')
})

t.test('a skip stands only while nothing was executed', async t => {
  t.strictSame(settle({ status: 'skip', reason: 'declared' }, []), {
    status: 'skip',
    reason: 'declared',
  })
  t.equal(settle({ status: 'skip', reason: 'declared' }, checks(['fail'])).status, 'fail')
  t.equal(settle({ status: 'skip', reason: 'declared' }, checks(['pass'])).status, 'pass')
})
