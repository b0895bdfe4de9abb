import { utimesSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import t from 'tap'
import { AppLock, appLockName } from '../../lib/lock/app-lock.js'
import type { SweepRow } from '../../lib/janitor/sweep.js'
import { startActor } from '../support/actors.js'
import { fileWorld } from '../support/file-world.js'
import { appDomain, stage, startJanitor, startRun, sweepStage } from '../support/janitor-kit.js'

/** A removal that ends when the test says so. */
const LONG_MS = 60_000
const HOUR = 3_600_000
const domain = appDomain(1)

t.test('the app of a run that was killed is reaped once, and its lockfile unlinked', async t => {
  const host = stage(t)
  const run = await startRun(t, host, domain)
  host.addApp(domain)
  await run.kill()
  const { rows, said } = await sweepStage(host)
  t.match(rows, [{ domain, row: 'orphan', action: 'reap', done: true, error: null }])
  t.match(said, [{ type: 'janitor.decided' }, { type: 'janitor.done', domain, action: 'reap' }])
  t.strictSame(host.reaped(), [domain])
  t.strictSame(host.lockfiles(), [])
  t.strictSame((await sweepStage(host)).rows, [], 'nothing is left for the next one')
})

t.test(
  'an app is taken down while its lock is held, and the lockfile goes before the lock',
  async t => {
    const host = stage(t)
    host.addApp(domain)
    host.addLockfile(domain)
    const inside: unknown[] = []
    const world = fileWorld(host.dir)
    const takeDown = async () => {
      inside.push(AppLock.probe(host.lockDir, domain, { create: false, touch: false }))
      await world.takeDown(domain, new AbortController().signal)
    }
    await sweepStage(host, { world: { ...world, takeDown } })
    t.match(inside, [{ outcome: 'refused', holder: /removal of an orphan/ }])
  },
)

t.test('the app of a live run is never reaped, and its holder is told', async t => {
  const host = stage(t)
  const run = await startRun(t, host, domain)
  host.addApp(domain)
  const { rows } = await sweepStage(host)
  t.match(rows, [
    { row: 'live', action: 'leave', done: false, held_by: new RegExp(`pid ${run.pid}`) },
  ])
  t.ok(Date.parse(rows[0]?.held_since ?? '') > Date.now() - HOUR)
  t.strictSame(host.reaped(), [])
  t.strictSame(host.lockfiles(), [appLockName(domain)])
})

t.test('a lock held for more than twice the deadline is flagged, never stolen', async t => {
  const host = stage(t)
  await startRun(t, host, domain)
  host.addApp(domain)
  age(host.lockPath(domain), 2 * HOUR - 60_000)
  t.match((await sweepStage(host)).rows, [{ row: 'live', action: 'leave' }])
  age(host.lockPath(domain), 2 * HOUR + 60_000)
  const { rows } = await sweepStage(host)
  t.match(rows, [{ row: 'overdue', action: 'flag', done: false, why: /possible leaked run/ }])
  t.strictSame(host.reaped(), [])
})

t.test('an app without any lockfile, as after a reboot, is reaped at once', async t => {
  const host = stage(t)
  host.addApp(domain)
  t.match((await sweepStage(host)).rows, [{ row: 'reboot', action: 'reap', done: true }])
  t.strictSame(host.reaped(), [domain])
  t.strictSame(host.lockfiles(), [], 'nor does the sweep leave one behind')
})

t.test('of two janitors exactly one reaps', async t => {
  const host = stage(t)
  host.addApp(domain)
  host.addLockfile(domain)
  const janitors = [startJanitor(t, host, LONG_MS), startJanitor(t, host, LONG_MS)]
  await Promise.race(janitors.map(janitor => janitor.said('swept')))
  host.go()
  const swept = await Promise.all(janitors.map(janitor => janitor.said('swept')))
  const actions = swept.flatMap(({ rows }) => (rows as SweepRow[]).map(({ row }) => row)).sort()
  t.strictSame(actions, ['live', 'orphan'])
  t.strictSame(host.reaped(), [domain])
})

t.test(
  'a new run of a domain under reap waits until the reap is done, then holds a fresh file',
  async t => {
    const host = stage(t)
    host.addApp(domain)
    host.addLockfile(domain)
    const janitor = startJanitor(t, host, LONG_MS)
    await janitor.said('janitor.decided')
    const run = startActor(t, 'lock-actor.ts', ['hold', host.lockDir, domain])
    t.match(await run.said('lock.waiting'), { holder: /removal of an orphan/ })
    t.strictSame(host.reaped(), [])
    host.go()
    await run.said('lock.acquired')
    t.strictSame(host.reaped(), [domain], 'the reap was complete')
    const probed = AppLock.probe(host.lockDir, domain, { create: false, touch: false })
    t.match(probed, { outcome: 'refused', holder: new RegExp(`pid ${run.pid}`) })
  },
)

t.test('a janitor that is killed in mid-reap leaves the orphan to the next', async t => {
  const host = stage(t)
  host.addApp(domain)
  const janitor = startJanitor(t, host, LONG_MS)
  await janitor.said('janitor.decided')
  await janitor.kill()
  t.strictSame(host.reaped(), [])
  t.match((await sweepStage(host)).rows, [{ row: 'orphan', done: true }])
  t.strictSame(host.lockfiles(), [])
})

t.test('a stale lockfile is unlinked on sight', async t => {
  const host = stage(t)
  const run = await startRun(t, host, domain)
  await run.kill()
  t.match((await sweepStage(host)).rows, [{ row: 'stale', action: 'tidy', done: true }])
  t.strictSame(host.lockfiles(), [])
})

t.test('an app that a killed client still makes is not taken for a stale lockfile', async t => {
  const host = stage(t)
  host.addLockfile(domain)
  const world = fileWorld(host.dir)
  let listings = 0
  const domains = async () => {
    listings += 1
    if (listings === 2) host.addApp(domain)
    return world.domains()
  }
  const { rows } = await sweepStage(host, { world: { ...world, domains } })
  t.match(rows, [{ row: 'orphan', action: 'reap', done: true }])
})

t.test(
  'many stale lockfiles cost two listings for each hundred or so, not each its own',
  async t => {
    const host = stage(t)
    const stale = Array.from({ length: 300 }, (_none, index) => appDomain(index))
    host.addLockfile(...stale)
    const world = fileWorld(host.dir)
    let asked = 0
    const counted = {
      ...world,
      domains: async () => {
        asked += 1
        return world.domains()
      },
      count: async () => {
        asked += 1
        return Promise.resolve(1)
      },
    }
    const { rows } = await sweepStage(host, { world: counted })
    t.equal(rows.filter(({ row, done }) => row === 'stale' && done).length, 300)
    t.strictSame(host.lockfiles(), [])
    t.ok(asked <= 6, `${asked} listings`)
  },
)

t.test('a lockfile that is replaced after its listing is never unlinked', async t => {
  const host = stage(t)
  host.addLockfile(domain)
  const world = fileWorld(host.dir)
  const replaced = async () => {
    await rm(host.lockPath(domain), { force: true })
    host.addLockfile(domain)
    return world.domains()
  }
  await sweepStage(host, { world: { ...world, domains: replaced } })
  t.strictSame(host.lockfiles(), [appLockName(domain)], 'it may be the lock of a newer run')
})

function age(path: string, ms: number): void {
  const then = new Date(Date.now() - ms)
  utimesSync(path, then, then)
}
