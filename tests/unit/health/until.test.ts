import t from 'tap'
import { until } from '../../../lib/health/until.js'

const pace = { firstMs: 1, lastMs: 2, deadlineMs: 50, signal: new AbortController().signal }

t.test('the first good attempt ends it', async t => {
  let tries = 0
  const found = await until(
    async () => (tries += 1),
    value => value === 3,
    pace,
  )
  t.equal(found, 3)
})

t.test('at least one attempt is made, and the last one is what comes back', async t => {
  let tries = 0
  t.equal(
    await until(
      async () => (tries += 1),
      () => false,
      { ...pace, deadlineMs: 0 },
    ),
    1,
  )
  t.equal(tries, 1)
})

t.test('an aborted signal rejects with its reason, also in mid-wait', async t => {
  const stop = new AbortController()
  const reason = new Error('over')
  const waiting = until(
    async () => 1,
    () => false,
    { ...pace, firstMs: 10_000, deadlineMs: 20_000, signal: stop.signal },
  )
  setTimeout(() => {
    stop.abort(reason)
  }, 5)
  await t.rejects(waiting, reason)
})
