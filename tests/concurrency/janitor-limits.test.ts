import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, statSync, utimesSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { appLockName } from '../../lib/lock/app-lock.js'
import { fileWorld, SUFFIX } from '../support/file-world.js'
import { addLease, appDomain, stage, startRun, sweepStage } from '../support/janitor-kit.js'
import { ROOT } from '../support/runner.js'

const domain = appDomain(1)
const PROTECTED = [
  `warm-ghost.${SUFFIX}`,
  `warm-facade.${SUFFIX}`,
  `traefik.${SUFFIX}`,
  `sites-000001.${SUFFIX}`,
  `site-00000g.${SUFFIX}`,
  `a.site-000001.${SUFFIX}`,
  'site-000001.elsewhere.org',
]

t.test('names outside the pattern are never probed, reaped, or given a lockfile', async t => {
  const host = stage(t)
  host.addApp(...PROTECTED)
  const { rows } = await sweepStage(host)
  t.strictSame(
    rows.map(({ domain, row, action }) => [domain, row, action]),
    PROTECTED.toSorted().map(name => [name, 'protected', 'leave']),
  )
  t.strictSame(host.lockfiles(), [])
  t.strictSame(host.apps().sort(), PROTECTED.toSorted())
})

t.test('lockfiles of names outside the pattern are never opened', async t => {
  const host = stage(t)
  host.addLockfile(...PROTECTED)
  host.addLockfile(domain)
  const trace = join(host.dir, 'trace')
  const strace = ['-f', '-qq', '-e', 'trace=open,openat,openat2,unlink,unlinkat,flock', '-o', trace]
  const actor = join(ROOT, 'tests/support/janitor-actor.ts')
  const env = { ...process.env, NODE_OPTIONS: '', NODE_EXTRA_CA_CERTS: '' }
  const argv = [...strace, process.execPath, '--import', 'tsx', actor, host.dir]
  const child = spawn('strace', argv, { cwd: ROOT, env, stdio: 'ignore' })
  const ended = await Promise.race([once(child, 'exit'), once(child, 'error')])
  if (ended[0] !== 0) return void t.pass('', { skip: 'strace does not work here' })
  const traced = await readFile(trace, 'utf8')
  t.match(traced, `${appLockName(domain)}"`, 'the others are seen')
  for (const name of PROTECTED) t.notMatch(traced, appLockName(name))
  t.strictSame(host.lockfiles(), PROTECTED.map(appLockName).sort())
})

t.test('a directory as a lockfile is flagged, and the sweep goes on', async t => {
  const host = stage(t)
  host.addApp(domain, appDomain(2))
  mkdirSync(host.lockPath(domain))
  const { rows } = await sweepStage(host)
  t.match(rows, [
    { domain, row: 'lock-unreadable', action: 'flag', why: /it is a directory/, error: null },
    { domain: appDomain(2), row: 'reboot', done: true },
  ])
  t.strictSame(host.reaped(), [appDomain(2)])
})

t.test('a missing lock folder is flagged for each app, made by nobody, and no error', async t => {
  const host = stage(t)
  host.addApp(domain)
  await rm(host.lockDir, { recursive: true })
  const { rows } = await sweepStage(host)
  t.match(rows, [{ domain, row: 'lock-dir-missing', action: 'flag', done: false, error: null }])
  t.throws(() => statSync(host.lockDir), { code: 'ENOENT' })
})

t.test(
  'a dry run decides the same, makes no lockfile, touches none and removes nothing',
  async t => {
    const host = stage(t)
    const then = new Date(1_000_000)
    host.addApp(domain, appDomain(2))
    host.addLockfile(domain, appDomain(3))
    for (const name of [domain, appDomain(3)]) utimesSync(host.lockPath(name), then, then)
    const { rows } = await sweepStage(host, { dryRun: true })
    t.strictSame(
      rows.map(({ domain, row, action, done }) => [domain, row, action, done]).sort(),
      [
        [domain, 'orphan', 'reap', false],
        [appDomain(2), 'reboot', 'reap', false],
        [appDomain(3), 'stale', 'tidy', false],
      ].sort(),
    )
    t.strictSame(host.lockfiles(), [domain, appDomain(3)].map(appLockName))
    t.equal(statSync(host.lockPath(domain)).mtimeMs, then.getTime())
    t.strictSame(host.reaped(), [])
  },
)

t.test('a kept app is left until its lease is over, then reaped with its lease', async t => {
  const host = stage(t)
  host.addApp(domain)
  const until = Math.floor(Date.now() / 1000) + 600
  const lease = addLease(host, domain, JSON.stringify({ runId: 'kept-1', until }))
  const { rows } = await sweepStage(host)
  t.match(rows, [{ row: 'leased', action: 'leave', why: /by run kept-1 until \d{4}-/ }])
  t.strictSame(host.lockfiles(), [], 'it is not even probed')
  const late = () => new Date(until * 1000)
  t.match((await sweepStage(host, { now: late })).rows, [{ row: 'reboot', done: true }])
  t.throws(() => statSync(lease), { code: 'ENOENT' })
})

t.test('an unreadable lease is flagged, and its app left', async t => {
  const host = stage(t)
  host.addApp(domain)
  host.addLockfile(domain)
  addLease(host, domain, '{"runId":')
  t.match((await sweepStage(host)).rows, [{ row: 'lease-unreadable', action: 'flag', error: null }])
  t.strictSame(host.reaped(), [])
})

t.test('a lease that is written just before the lock goes is respected', async t => {
  const host = stage(t)
  host.addApp(domain)
  let looks = 0
  const now = () => {
    looks += 1
    const until = Math.floor(Date.now() / 1000) + 600
    if (looks === 2) addLease(host, domain, JSON.stringify({ runId: 'kept-1', until }))
    return new Date()
  }
  t.match((await sweepStage(host, { now })).rows, [{ row: 'leased', action: 'leave' }])
  t.equal(looks, 2, 'it is read again under the lock')
  t.strictSame(host.reaped(), [])
})

t.test('an expired lease without an app is removed', async t => {
  const host = stage(t)
  const lease = addLease(host, domain, '{"runId":"kept-1","until":1}')
  t.match((await sweepStage(host)).rows, [{ row: 'stale', action: 'tidy', done: true }])
  t.throws(() => statSync(lease), { code: 'ENOENT' })
  t.strictSame(host.lockfiles(), [])
})

t.test(
  'of two hundred suspects the one that hangs is told once, and the others are reaped',
  async t => {
    const host = stage(t)
    const all = Array.from({ length: 200 }, (_none, index) => appDomain(index))
    const stuck = appDomain(77)
    host.addApp(...all)
    const world = fileWorld(host.dir)
    const takeDown = async (name: typeof stuck, signal: AbortSignal) => {
      if (name === stuck) await new Promise(() => undefined)
      await world.takeDown(name, signal)
    }
    const { rows, said } = await sweepStage(host, { world: { ...world, takeDown }, reapMs: 200 })
    const failed = rows.filter(({ error }) => error !== null)
    t.match(failed, [{ domain: stuck, row: 'reboot', done: false, error: /not done after/ }])
    t.equal(failed.length, 1)
    t.equal(said.filter(({ type }) => type === 'janitor.stuck').length, 1)
    t.equal(host.reaped().length, 199)
    t.strictSame(host.lockfiles(), [appLockName(stuck)])
  },
)

t.test('a suspect that cannot be counted is flagged, and the sweep goes on', async t => {
  const host = stage(t)
  host.addApp(domain, appDomain(2))
  const world = fileWorld(host.dir)
  const count = async (name: typeof domain) => {
    if (name === domain) throw new Error('the Engine does not answer')
    return world.count(name)
  }
  t.match((await sweepStage(host, { world: { ...world, count } })).rows, [
    { domain, row: 'uncounted', action: 'flag', why: /does not answer/ },
    { domain: appDomain(2), row: 'reboot', done: true },
  ])
})

t.test('a sweep that runs out of time leaves the rest to the next, and says so', async t => {
  const host = stage(t)
  host.addApp(domain, appDomain(2), appDomain(3))
  const { rows } = await sweepStage(host, { world: fileWorld(host.dir, 300), sweepMs: 200 })
  t.match(rows, [{ done: true }, { row: 'not-probed', action: 'leave' }, { row: 'not-probed' }])
  t.strictSame(host.reaped(), [domain])
})

t.test('a run whose time is over ends its sweep at once', async t => {
  const host = stage(t)
  host.addApp(domain, appDomain(2))
  const over = new AbortController()
  const world = fileWorld(host.dir)
  const takeDown = async (name: typeof domain, signal: AbortSignal) => {
    await world.takeDown(name, signal)
    over.abort(new Error('terminated'))
  }
  await t.rejects(sweepStage(host, { world: { ...world, takeDown }, signal: over.signal }), {
    message: 'terminated',
  })
  t.strictSame(host.reaped(), [domain])
})

t.test('a live run beside an orphan keeps its app', async t => {
  const host = stage(t)
  await startRun(t, host, domain)
  host.addApp(domain, appDomain(2))
  host.addLockfile(appDomain(2))
  await sweepStage(host)
  t.strictSame(host.reaped(), [appDomain(2)])
  t.strictSame(host.apps(), [domain])
})
