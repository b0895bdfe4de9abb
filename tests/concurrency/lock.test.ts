import { readdirSync, readlinkSync } from 'node:fs'
import { readFile, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import t, { type Test } from 'tap'
import type { HappeningBody } from '../../lib/domain/events.js'
import type { AppDomain } from '../../lib/domain/names.js'
import { acquireAll } from '../../lib/lock/acquire-all.js'
import { AppLock, appLockName } from '../../lib/lock/app-lock.js'
import { FileLock } from '../../lib/lock/file-lock.js'
import type { RunFlock } from '../../lib/lock/flock-wait.js'
import { startActor, type Actor } from '../support/actors.js'
import { isAlive, send, SOAK } from '../support/lives/processes.js'
import { realRunner } from '../support/runner.js'

const domain = 'site-3fa9c1.ci.example.org' as AppDomain
const look = { create: true, touch: true }
const runner: RunFlock = await realRunner()

t.test('a held lock is refused, and says who holds it since when', async t => {
  const dir = t.testdir()
  const before = Date.now()
  const holder = await startHolder(t, dir)
  const probed = AppLock.probe(dir, domain, look)
  t.match(probed, { outcome: 'refused', holder: `run run-${holder.pid}, pid ${holder.pid}` })
  // The kernel's clock for files is up to one of its ticks behind.
  t.ok(probed.outcome === 'refused' && probed.heldSince.getTime() > before - 100)
})

t.test('the kernel frees the lock of a run that was killed outright', async t => {
  const dir = t.testdir()
  const holder = await startHolder(t, dir)
  await holder.kill()
  t.equal(probe(dir), 'won', 'won as soon as the run is dead')
})

t.test('a waiter behind a crashed holder gets the lock', async t => {
  const dir = t.testdir()
  const holder = await startHolder(t, dir)
  const waiter = startActor(t, 'lock-actor.ts', ['hold', dir, domain])
  await waiter.said('lock.waiting')
  t.equal(waiter.heard.length, 1, 'says that it waits, and nothing else, while it does')
  await holder.kill()
  t.match(await waiter.said('lock.acquired'), { domain })
  t.equal(probe(dir), 'refused')
})

t.test('a waiter that is killed outright leaves nobody in the queue', async t => {
  const dir = t.testdir()
  const holder = await startHolder(t, dir)
  const waiter = startActor(t, 'lock-actor.ts', ['hold', dir, domain])
  await queued(join(dir, appLockName(domain)), 1)
  await waiter.kill()
  await holder.kill()
  await acquire(dir).then(lock => {
    lock.release()
  })
  t.equal(probe(dir), 'won', 'not even the child that waited for it')
})

t.test('waiters are served in the order in which they came', async t => {
  const dir = t.testdir()
  const holder = await startHolder(t, dir)
  const order: number[] = []
  const waiters: Actor[] = []
  for (const number of [0, 1, 2, 3]) {
    const waiter = startActor(t, 'lock-actor.ts', ['hold', dir, domain])
    waiters.push(waiter)
    await waiter.said('lock.waiting')
    await queued(join(dir, appLockName(domain)), number + 1)
    void waiter.said('lock.acquired').then(() => {
      order.push(number)
      waiter.tell('release')
    })
  }
  holder.tell('release')
  await Promise.all(waiters.map(waiter => waiter.gone()))
  t.strictSame(order, [0, 1, 2, 3])
})

t.test(
  'the wait is announced before it blocks, names the holder, and ends with the signal',
  async t => {
    const dir = t.testdir()
    const holder = await startHolder(t, dir)
    const run = new AbortController()
    const said: HappeningBody[] = []
    const acquired = acquire(dir, run.signal, said)
    t.match(said, [{ type: 'lock.waiting', domain, holder: new RegExp(`pid ${holder.pid}`) }])
    run.abort(new Error('the deadline'))
    await t.rejects(acquired, { message: 'the deadline' })
    await holder.kill()
    t.equal(probe(dir), 'won', 'a cancelled wait holds nothing')
  },
)

t.test('a wait that ends when it has just won holds nothing', async t => {
  const dir = t.testdir()
  const holder = await startHolder(t, dir)
  const { signal } = new AbortController()
  const acquired = FileLock.acquire(join(dir, appLockName(domain)), {
    signal,
    announce: () => undefined,
    wait: async fd => {
      await holder.kill()
      const argv = ['flock', '-x', '3'] as const
      const env = { PATH: process.env['PATH'] }
      await runner({ argv, env, deadlineMs: 20_000, signal, inheritFd: fd })
      throw new Error('the deadline')
    },
  })
  await t.rejects(acquired, { message: 'the deadline' })
  t.equal(probe(dir), 'won')
})

t.test('acquisition touches the file and writes who holds it', async t => {
  const dir = t.testdir({ [appLockName(domain)]: '{"run_id":"of the dead"}' })
  const path = join(dir, appLockName(domain))
  await utimes(path, new Date(0), new Date(0))
  const before = Date.now()
  const lock = await acquire(dir)
  t.ok((await stat(path)).mtimeMs > before - 100)
  t.match(JSON.parse(await readFile(path, 'utf8')), { run_id: 'mine', pid: process.pid })
  lock.release()
})

t.test('a refused probe and a waiter leave the content of the holder alone', async t => {
  const dir = t.testdir()
  const holder = await startHolder(t, dir)
  const before = await readFile(join(dir, appLockName(domain)), 'utf8')
  const run = new AbortController()
  const acquired = acquire(dir, run.signal)
  probe(dir)
  run.abort()
  await t.rejects(acquired)
  t.equal(await readFile(join(dir, appLockName(domain)), 'utf8'), before)
  t.match(before, `"pid":${holder.pid}`)
})

t.test('a waiter whose file was unlinked retries on the live path', async t => {
  const dir = t.testdir()
  const path = join(dir, appLockName(domain))
  const holder = await startHolder(t, dir)
  const acquired = acquire(dir)
  await rm(path)
  const newer = await startHolder(t, dir)
  await holder.kill()
  let won = false
  void acquired.then(() => (won = true))
  await new Promise(resolve => setTimeout(resolve, 200))
  t.notOk(won, 'the old file guards nothing')
  newer.tell('release')
  t.equal((await acquired).path, path)
})

t.test('a lock whose path names another file is not unlinked', async t => {
  const dir = t.testdir()
  const path = join(dir, appLockName(domain))
  const lock = await acquire(dir)
  await rm(path)
  await writeFile(path, 'of a newer run')
  lock.unlink()
  t.equal(await readFile(path, 'utf8'), 'of a newer run')
  lock.release()
})

t.test("once released, a lock can no longer unlink: the file may be another run's", async t => {
  const dir = t.testdir()
  const path = join(dir, appLockName(domain))
  const lock = await acquire(dir)
  lock.release()
  lock.unlink()
  t.ok(await stat(path))
})

t.test('eight processes that unlink the lock they hold never meet inside', async t => {
  const dir = t.testdir()
  const racers = Array.from({ length: 8 }, () =>
    startActor(t, 'lock-actor.ts', ['contend', dir, domain, SOAK ? '30000' : '2000']),
  )
  const counts = await Promise.all(racers.map(racer => racer.said('counted')))
  const sum = (key: 'won' | 'violations') =>
    counts.reduce((total, count) => total + Number(count[key]), 0)
  t.equal(sum('violations'), 0)
  t.ok(sum('won') > 100, `${sum('won')} acquisitions`)
})

t.test('no child inherits the lock', async t => {
  const dir = t.testdir()
  const lock = await acquire(dir)
  const child = spawn('sleep', ['60'], { stdio: 'ignore', detached: true })
  t.teardown(() => child.kill('SIGKILL'))
  await once(child, 'spawn')
  t.notOk(openFiles(child.pid).includes(lock.path))
  t.ok(openFiles(process.pid).includes(lock.path))
  lock.release()
  t.equal(probe(dir), 'won', 'while the child lives on')
})

t.test('a child that outlives a killed holder keeps no lock', async t => {
  const dir = t.testdir()
  const holder = startActor(t, 'lock-actor.ts', ['hold-beside', dir, domain])
  const child = Number((await holder.said('child'))['child'])
  t.teardown(() => {
    send(child, 'SIGKILL')
  })
  t.equal(probe(dir), 'refused')
  await holder.kill()
  t.ok(isAlive(child))
  t.equal(probe(dir), 'won')
})

t.test('garbage collection never drops a lock that nobody refers to any more', async t => {
  const dir = t.testdir()
  await acquire(dir)
  const { setFlagsFromString } = await import('node:v8')
  const { runInNewContext } = await import('node:vm')
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  for (let round = 0; round < 3; round += 1) {
    collect()
    await new Promise(resolve => setTimeout(resolve, 10))
  }
  t.equal(probe(dir), 'refused')
})

t.test('the locks of a run are taken in sorted order, each once, all or none', async t => {
  const dir = t.testdir()
  const names = ['site-bbbbbb', 'kv-cccccc', 'auth-aaaaaa'].map(
    name => `${name}.ci.example.org` as AppDomain,
  )
  const said: HappeningBody[] = []
  const locks = await acquireAll(dir, [...names, ...names], options(undefined, said))
  t.strictSame(
    locks.map(lock => lock.domain),
    [names[2], names[1], names[0]],
  )
  for (const lock of locks) lock.release()

  const blocked = await startHolder(t, dir, names[0])
  const run = new AbortController()
  const all = acquireAll(dir, names, options(run.signal, said))
  while (!said.some(({ type }) => type === 'lock.waiting')) {
    await new Promise(resolve => setTimeout(resolve, 5))
  }
  t.equal(probe(dir, names[2]), 'refused', 'those before are held meanwhile')
  run.abort()
  await t.rejects(all)
  t.equal(probe(dir, names[2]), 'won', 'and let go when one cannot be had')
  await blocked.kill()
})

function options(signal = new AbortController().signal, said: HappeningBody[] = []) {
  const note = { run_id: 'mine', pid: process.pid, started: new Date().toISOString() }
  const emit = (happening: HappeningBody) => void said.push(happening)
  return { run: runner, env: process.env, signal, waitMs: 30_000, note, emit }
}

async function acquire(dir: string, signal?: AbortSignal, said?: HappeningBody[]) {
  return await AppLock.acquire(dir, domain, options(signal, said))
}

/** The outcome of one look, without keeping what it won. */
function probe(dir: string, name = domain): string {
  const probed = AppLock.probe(dir, name, look)
  if (probed.outcome === 'won') probed.lock.release()
  return probed.outcome
}

async function startHolder(t: Test, dir: string, name = domain): Promise<Actor> {
  const holder = startActor(t, 'lock-actor.ts', ['hold', dir, name])
  await holder.said('lock.acquired')
  return holder
}

function openFiles(pid: number | undefined): string[] {
  const folder = `/proc/${String(pid)}/fd`
  return readdirSync(folder).flatMap(fd => {
    try {
      return [readlinkSync(join(folder, fd))]
    } catch {
      return []
    }
  })
}

/** Resolved once so many processes are queued in the kernel for the lock of a file. */
async function queued(path: string, count: number): Promise<void> {
  const { ino } = await stat(path)
  for (;;) {
    const lines = (await readFile('/proc/locks', 'utf8')).split('\n')
    const blocked = lines.filter(line => line.includes('->') && line.includes(`:${ino} `))
    if (blocked.length >= count) return
    await new Promise(resolve => setTimeout(resolve, 5))
  }
}
