import { execa } from 'execa'
import { mkdir, open, readFile, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import type { Results } from '../../lib/domain/results.js'
import { fullDisk } from '../../lib/disk/docker-root.js'
import { removeDangling } from '../../lib/disk/dangling-images.js'
import { someRunLives } from '../../lib/janitor/alive.js'
import { AppLock } from '../../lib/lock/app-lock.js'
import { RunLock } from '../../lib/lock/run-lock.js'
import { parseAppDomain } from '../../lib/domain/names.js'
import { connectEngine } from '../../lib/swarm/engine.js'
import { STACK_LABEL } from '../../lib/swarm/listing.js'
import { watchStack } from '../../lib/swarm/watch.js'
import { importBoxImage } from '../support/box-image.js'
import { domainOf, leftOf, startLabRun } from '../support/lab-run.js'
import { startSecondEngine } from '../support/second-engine.js'
import { testLab } from '../support/test-lab.js'

t.test(
  'too little room: a fault that names the disk and the fix, and nothing is created',
  async t => {
    const lab = await testLab()
    const env = { CCCI_MIN_FREE_MEGABYTES: '999999999' }
    const run = startLabRun(lab, 'site', { id: 'no-room', env })
    const { exitCode, stderr, results } = await run.ended
    t.equal(exitCode, 1)
    t.match(stderr, /Cannot start: \d+ MB are free at ".*", 999999999 MB are wanted\n {2}fix: .+/)
    t.match(stderr, /RCI_DISK_FULL, exit 1/)
    t.match(results, { status: 'finished', reason: 'fault', exit_code: 1 })
    t.match(results, { cause: { class: 'disk_full', fix: /minFreeMegabytes/ } })
    t.notOk(run.happenings.some(({ type }) => type === 'app.created'))
  },
)

t.test('a disk that fills up during a run: the record is whole, nothing is left', async t => {
  const lab = await testLab()
  const runsDir = t.testdir({})
  await execa('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'small', runsDir])
  await using _mount = {
    [Symbol.asyncDispose]: async () => {
      await execa('umount', ['--lazy', runsDir])
    },
  }
  const env = { CCCI_MIN_FREE_MEGABYTES: '0' }
  const run = startLabRun(lab, 'site', { id: 'filled', args: ['--runs-dir', runsDir], env })
  await run.until(({ type }) => type === 'app.created')
  await fill(join(runsDir, 'filling'))
  const { exitCode } = await run.ended
  const folder = join(runsDir, 'filled')
  const results = JSON.parse(await readFile(join(folder, 'results.json'), 'utf8')) as Results
  t.match(results, { status: 'finished', exit_code: exitCode })
  t.notOk(exitCode === null || [2, 78].includes(exitCode), `exit ${String(exitCode)}`)
  const lines = (await readFile(join(folder, 'events.ndjson'), 'utf8')).trimEnd().split('\n')
  for (const line of lines) t.doesNotThrow(() => void JSON.parse(line))
  t.ok(run.happenings.some(({ type }) => type === 'teardown.done'))
  t.strictSame(await leftOf(lab, domainOf(run.happenings)), [])
})

/** Writes until nothing more fits. */
async function fill(path: string): Promise<void> {
  await using file = await open(path, 'w')
  for (let size = 1024 * 1024; size >= 1; size = size > 4096 ? 4096 : size === 1 ? 0 : 1) {
    try {
      for (;;) await file.write(Buffer.alloc(size, 'x'))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
    }
  }
}

t.test('a run lives while its folder or its app is locked, and not otherwise', async t => {
  const dir = t.testdir({ runs: { other: {} }, locks: {} })
  const [runsDir, lockDir, suffix] = [join(dir, 'runs'), join(dir, 'locks'), 'ci.test']
  const signs = { runsDir, lockDir, suffix, except: 'own' }
  const note = { run_id: 'x', pid: process.pid, started: '' }
  t.equal(await someRunLives(signs), false, 'a folder without a lock is none of ours')
  await mkdir(join(runsDir, 'own'))
  await mkdir(join(runsDir, 'second'))
  const own = await RunLock.take(join(runsDir, 'own'), note)
  t.equal(await someRunLives(signs), false, 'our own does not count')
  const second = await RunLock.take(join(runsDir, 'second'), note)
  t.equal(await someRunLives(signs), true, 'another one does')
  second.release()
  t.equal(await someRunLives(signs), false, 'until it is let go')
  const domain = parseAppDomain('abcd-123456.ci.test', suffix)
  if (domain === undefined) throw new Error('no domain')
  const held = AppLock.probe(lockDir, domain, { create: true, touch: true })
  t.equal(await someRunLives(signs), true, 'so does the lock of an app')
  if (held.outcome === 'won') held.lock.release()
  t.equal(await someRunLives(signs), false)
  t.equal(await someRunLives({ ...signs, lockDir: join(dir, 'none') }), true, 'in doubt it does')
  own.release()
})

t.test('only images without a name and without a use are removed, while no run lives', async t => {
  await using second = await startSecondEngine()
  const { docker, host } = second
  const make = async (text: string, tag: string) => {
    const context = t.testdir({ context: { Dockerfile: 'FROM scratch\nCOPY a /a\n', a: text } })
    await docker(['build', '--quiet', '--tag', tag, join(context, 'context')])
    return docker(['image', 'inspect', '--format', '{{.Id}}', tag])
  }
  const used = await make('used', 'app:1')
  await docker(['create', used, '/a'])
  const nameless = await make('nameless', 'app:1')
  const named = await make('named', 'app:1')
  const ids = async () => (await docker(['images', '--quiet', '--no-trunc'])).split('\n').sort()
  const engine = await connectEngine({ DOCKER_HOST: host })
  t.teardown(() => {
    engine.close()
  })
  t.strictSame(await ids(), [used, nameless, named].sort())
  t.match(await removeDangling(engine, async () => true), { images: 0 })
  t.strictSame(await ids(), [used, nameless, named].sort(), 'a run lives')
  t.match(await removeDangling(engine, async () => false), { images: 1 })
  t.strictSame(await ids(), [used, named].sort())
})

t.test('an app that crashes where nobody can write any more is not judged', async t => {
  await using second = await startSecondEngine('320m')
  const { docker, host, dir } = second
  await docker(['swarm', 'init', '--advertise-addr', '127.0.0.1'])
  await importBoxImage('box:1', host)
  const engine = await connectEngine({ DOCKER_HOST: host })
  t.teardown(() => {
    engine.close()
  })
  const crash = async (stack: string) => {
    const { signal } = new AbortController()
    await using watch = await watchStack(engine, stack, {
      signal,
      emit: () => undefined,
      fullDisk: () => fullDisk(engine),
    })
    const named = ['--name', `${stack}_app`, '--label', `${STACK_LABEL}=${stack}`]
    const how = ['--detach', '--no-resolve-image', '--restart-delay', '100ms']
    await docker(['service', 'create', ...named, ...how, 'box:1', 'sh', '-c', 'exit 5'])
    const settled = await watch.settled({ deadlineMs: 60_000, op: 'install' })
    await docker(['service', 'rm', `${stack}_app`])
    return settled
  }
  t.match(await crash('roomy'), { state: 'failed', cause: { class: 'crash_loop' } })
  const { bavail, bsize } = await statfs(dir)
  const most = bavail * bsize - 48 * 1024 * 1024
  await execa('fallocate', ['--length', String(most), join(dir, 'filling')])
  t.match(await crash('full'), {
    state: 'failed',
    cause: {
      class: 'disk_full',
      sentence: /"app".*disk.*full/,
      evidence: /exit code 5.*MB are free/,
    },
  })
})
