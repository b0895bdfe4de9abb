import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, readFile, readdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import type { AppDomain } from '../../lib/domain/names.js'
import { AppLock, appLockName } from '../../lib/lock/app-lock.js'
import type { RunFlock } from '../../lib/lock/flock-wait.js'
import { LockFault } from '../../lib/lock/lock-fault.js'
import { RunLock } from '../../lib/lock/run-lock.js'
import { realRunner } from '../support/runner.js'
import { startActor } from '../support/actors.js'

const domain = 'site-3fa9c1.ci.example.org' as AppDomain
const name = appLockName(domain)
const look = { create: true, touch: true }
const runner: RunFlock = await realRunner()
const note = { run_id: 'mine', pid: process.pid, started: new Date().toISOString() }

t.test('a directory in the place of a lockfile is unreadable, and a fault to a run', async t => {
  const dir = t.testdir({ [name]: {} })
  t.match(AppLock.probe(dir, domain, look), { outcome: 'unreadable', why: 'it is a directory' })
  await t.rejects(acquire(dir), { code: 'RCI_LOCK', message: /: it is a directory$/ })
})

t.test('a missing lock folder is told apart, never made, and a fault to a run', async t => {
  const dir = join(t.testdir(), 'missing')
  t.match(AppLock.probe(dir, domain, look), { outcome: 'no-dir' })
  await t.rejects(acquire(dir), { code: 'RCI_LOCK', message: /folder is missing/ })
  t.strictSame(await readdir(t.testdirName), [])
})

t.test('a file in the place of the lock folder is told apart', async t => {
  const dir = join(t.testdir({ file: '' }), 'file')
  t.match(AppLock.probe(dir, domain, look), { outcome: 'unreadable', why: /not a directory/ })
})

t.test('links and FIFOs are never followed, written to or waited for', async t => {
  const dir = t.testdir({ precious: 'precious' })
  await symlink(join(dir, 'precious'), join(dir, name))
  t.match(AppLock.probe(dir, domain, look), { outcome: 'unreadable', why: 'it is a symbolic link' })
  await t.rejects(acquire(dir), { code: 'RCI_LOCK' })
  t.equal(await readFile(join(dir, 'precious'), 'utf8'), 'precious')

  const folder = join(dir, 'fifos')
  await mkdir(folder)
  const [code] = (await once(spawn('mkfifo', [join(folder, name)]), 'exit')) as [number]
  t.equal(code, 0)
  t.match(AppLock.probe(folder, domain, look), { outcome: 'unreadable', why: /regular/ })
})

t.test('a lockfile that we may not read is said as such', async t => {
  const dir = t.testdir({ [name]: '' })
  await chmod(join(dir, name), 0)
  // For root nothing is unreadable: another user looks.
  const asNobody = ['--reuid=65534', '--regid=65534', '--clear-groups']
  const program = join(import.meta.dirname, '../support/probe-once.ts')
  const argv = [process.execPath, '--import', 'tsx', program, dir, domain]
  const [file, ...args] = process.getuid?.() === 0 ? ['setpriv', ...asNobody, ...argv] : argv
  const child = spawn(String(file), args, { env: { PATH: process.env['PATH'] } })
  let out = ''
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number]
  if (code !== 0) return void t.pass('', { skip: 'another user cannot read this checkout' })
  t.match(JSON.parse(out), { outcome: 'unreadable', why: 'permission denied' })
})

t.test('a read-only lock folder is said as such', async t => {
  const dir = t.testdir()
  const script = `mount -t tmpfs -o ro none ${dir} || exit 77; exec "$@"`
  const args = ['-m', 'sh', '-c', script, 'sh', process.execPath, '--import', 'tsx']
  const program = join(import.meta.dirname, '../support/probe-once.ts')
  const env = { ...process.env, NODE_OPTIONS: '' }
  const child = spawn('unshare', [...args, program, dir, domain], { env })
  let out = ''
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number]
  if (code === 77) return void t.pass('', { skip: 'mounting is not permitted here' })
  t.match(JSON.parse(out), { outcome: 'unreadable', why: 'its folder is read-only' })
})

t.test(
  'whatever bytes a lockfile holds, it can be probed, and its holder told in one line',
  async t => {
    const hostile: Record<string, Buffer> = {
      empty: Buffer.alloc(0),
      'not UTF-8': Buffer.from([0xff, 0xfe, 0x00, 0xc3, 0x28]),
      'control characters': Buffer.from('\u001b]0;owned\u0007\r\n\u202e{"run_id":'),
      'another shape': Buffer.from('{"run_id":{"a":[1]},"pid":null,"build":["x"]}'),
      'a list': Buffer.from('[1,2,3]'),
      huge: Buffer.alloc(3_000_000, '{"run_id":"'),
      'a huge id': Buffer.from(JSON.stringify({ run_id: 'x'.repeat(3000), pid: '\n\n' })),
    }
    for (const [what, bytes] of Object.entries(hostile)) {
      const dir = t.testdir()
      const holder = startActor(t, 'lock-actor.ts', ['hold', dir, domain])
      await holder.said('lock.acquired')
      await writeFile(join(dir, name), bytes)
      const probed = AppLock.probe(dir, domain, look)
      t.equal(probed.outcome, 'refused', what)
      if (probed.outcome === 'refused') {
        t.match(probed.holder, /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]{1,161}$/u, what)
      }
      await holder.kill()
      const lock = await acquire(dir)
      t.match(JSON.parse(await readFile(lock.path, 'utf8')), { run_id: 'mine' }, what)
      lock.release()
    }
  },
)

t.test('a look that must not create leaves an empty folder empty', async t => {
  const dir = t.testdir()
  const probed = AppLock.probe(dir, domain, { create: false, touch: false })
  t.equal(probed.outcome, 'absent')
  t.strictSame(await readdir(dir), [])
})

t.test('waiting without a flock program is a fault that says what to install', async t => {
  const dir = t.testdir()
  const holder = startActor(t, 'lock-actor.ts', ['hold', dir, domain])
  await holder.said('lock.acquired')
  const run = async () =>
    Promise.resolve({ ended: 'not-started', exitCode: null, why: '"flock" was not found' })
  await t.rejects(acquire(dir, run), { code: 'RCI_ABSENT', hint: 'Install util-linux' })
  const lies = async () => Promise.resolve({ ended: 'exited', exitCode: 0, why: 'exit 0' })
  await t.rejects(acquire(dir, lies), LockFault, 'one that lies is found out')
  await holder.kill()
})

t.test('a run folder is locked for the life of its run', async t => {
  const folder = t.testdir()
  t.equal(RunLock.probe(folder).outcome, 'absent', 'a folder without run.lock is not ours')
  const lock = await RunLock.take(folder, note)
  t.equal(RunLock.probe(folder).outcome, 'refused')
  lock.release()
  const probed = RunLock.probe(folder)
  t.equal(probed.outcome, 'won')
  if (probed.outcome === 'won') {
    setTimeout(() => {
      probed.lock.release()
    }, 100)
  }
  const again = await RunLock.take(folder, note)
  t.pass('a look by a janitor only delays it')
  again.release()
  await t.rejects(RunLock.take(join(folder, 'missing'), note), { code: 'RCI_LOCK' })
})

async function acquire(dir: string, run = runner) {
  const signal = AbortSignal.timeout(10_000)
  const options = { run, env: process.env, signal, waitMs: 10_000, note, emit: () => undefined }
  return await AppLock.acquire(dir, domain, options)
}
