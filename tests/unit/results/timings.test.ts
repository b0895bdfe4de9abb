import t from 'tap'
import { createTimings } from '../../../lib/results/timings.js'

t.test('waits count for the phase that is open, and add up by reason', async t => {
  const timings = createTimings(() => 0)
  timings.start('install')
  timings.finishWait({ for: 'db', ms: 10 }, undefined)
  timings.finishWait({ for: 'db', ms: 5.4 }, undefined)
  timings.finish('install', 100.2, 60)
  t.strictSame(timings.rows(), [
    { phase: 'install', start_ms: 0, wall_ms: 100, floor_ms: 60, waits: [{ for: 'db', ms: 15 }] },
  ])
})

t.test('of phases that overlap, a wait counts for the one it names', async t => {
  const timings = createTimings(() => 0)
  timings.start('pull')
  timings.start('lint')
  timings.finishWait({ for: 'registry', ms: 7 }, 'pull')
  timings.finish('lint', 3, 0)
  timings.finishWait({ for: 'more', ms: 2 }, undefined)
  t.strictSame(timings.rows()[0]?.waits, [
    { for: 'registry', ms: 7 },
    { for: 'more', ms: 2 },
  ])
})

t.test('an open phase is counted up to now, and is where a run is', async t => {
  let now = 0
  const timings = createTimings(() => now)
  timings.start('install')
  timings.startWait('db')
  now = 250
  t.equal(timings.rows()[0]?.wall_ms, 250)
  t.equal(timings.openPhase(), 'install')
  t.equal(timings.openWait(), 'db')
  timings.finishWait({ for: 'db', ms: 1 }, undefined)
  timings.finish('install', 1, 0)
  t.equal(timings.openPhase(), undefined)
  t.equal(timings.openWait(), undefined)
})
