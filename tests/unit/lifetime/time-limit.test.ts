import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import t from 'tap'
import { timeLimit } from '../../../lib/lifetime/time-limit.js'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/** Waits for a signal as the loops of a run do, with garbage collected meanwhile. */
async function comesWithin(signal: AbortSignal, ms: number): Promise<boolean> {
  const until = Date.now() + ms
  while (!signal.aborted && Date.now() < until) {
    await sleep(10)
    collectGarbage()
  }
  return signal.aborted
}

t.test('the limit comes, whatever the garbage collector does meanwhile', async t => {
  using limit = timeLimit(50, new AbortController().signal)
  t.equal(await comesWithin(limit.signal, 10_000), true)
  t.equal(limit.expired(), true)
  t.match(limit.signal.reason, { name: 'TimeoutError' })
})

t.test('an outer signal ends it, with its reason', t => {
  const outer = new AbortController()
  using limit = timeLimit(60_000, new AbortController().signal, outer.signal)
  const reason = new Error('enough')
  outer.abort(reason)
  t.equal(limit.signal.reason, reason)
  t.equal(limit.expired(), false)
  t.end()
})

t.test('an outer signal that has ended already ends it at once', t => {
  using limit = timeLimit(60_000, AbortSignal.abort())
  t.equal(limit.signal.aborted, true)
  t.end()
})

t.test('once disposed it comes no more', async t => {
  const outer = new AbortController()
  const limit = timeLimit(20, outer.signal)
  limit[Symbol.dispose]()
  await sleep(60)
  outer.abort()
  t.equal(limit.signal.aborted, false)
})

t.test('many at once below one signal are no leak to warn of', async t => {
  const warned: Error[] = []
  const listen = (warning: Error) => warned.push(warning)
  process.on('warning', listen)
  t.teardown(() => process.off('warning', listen))
  const outer = new AbortController()
  const limits = Array.from({ length: 20 }, () => timeLimit(60_000, outer.signal))
  await sleep(10)
  for (const limit of limits) limit[Symbol.dispose]()
  t.strictSame(warned, [])
})
