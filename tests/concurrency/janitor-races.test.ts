import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { AppLock, appLockName } from '../../lib/lock/app-lock.js'
import type { SweepRow } from '../../lib/janitor/sweep.js'
import { startActor } from '../support/actors.js'
import { appDomain, stage } from '../support/janitor-kit.js'
import { isOpen, SOAK, until } from '../support/lives/processes.js'
import { ROOT } from '../support/runner.js'

const domain = appDomain(1)

t.test(
  'whenever a run of the same domain starts, a janitor takes no app of a live run',
  async t => {
    const host = stage(t)
    const ms = SOAK ? '30000' : '2500'
    const janitors = [1, 2].map(() => startActor(t, 'race-actor.ts', ['janitor', host.dir]))
    for (const janitor of janitors) await janitor.said('sweeping')
    const run = startActor(t, 'race-actor.ts', ['run', host.dir, ms, domain])
    const { violations } = await run.said('counted')
    for (const janitor of janitors) {
      janitor.tell('stop')
      t.ok(Number((await janitor.said('counted'))['turns']) > 0)
    }
    t.equal(violations, 0)
    t.ok(host.reaped().length > 0, `${host.reaped().length} orphans between them were reaped`)
  },
)

t.test(
  'a janitor whose lockfile is replaced before it has locked it leaves the newer run alone',
  async t => {
    const host = stage(t)
    const path = host.lockPath(domain)
    host.addLockfile(domain)
    // The kernel holds its flock back for a while: between the open and the lock another run takes the path.
    const inject = ['-e', 'trace=flock', '-e', 'inject=flock:delay_enter=3000000', '-P', path]
    const strace = ['--seccomp-bpf', '-f', '-qq', '-o', join(host.dir, 'trace'), ...inject]
    const actor = join(ROOT, 'tests/support/janitor-actor.ts')
    const env = { ...process.env, NODE_OPTIONS: '', NODE_EXTRA_CA_CERTS: '' }
    const argv = [...strace, process.execPath, '--import', 'tsx', actor, host.dir]
    const tracer = spawn('strace', argv, {
      cwd: ROOT,
      env,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    t.teardown(() => tracer.kill('SIGKILL'))
    const swept = once(tracer, 'message').then(() => heard.find(({ type }) => type === 'swept'))
    const heard: { type: string; rows?: SweepRow[] }[] = []
    tracer.on('message', message => heard.push(message as { type: string }))
    await until(() => isOpen(path), 'its open lockfile')
    await rm(path)
    const newer = AppLock.probe(host.lockDir, domain, { create: true, touch: true })
    t.equal(newer.outcome, 'won', 'by a newer run')
    await swept
    await once(tracer, 'exit')
    const rows = heard.find(({ type }) => type === 'swept')?.rows
    t.match(rows, [{ domain, row: 'replaced', action: 'leave', done: false }])
    t.strictSame(host.reaped(), [])
    t.strictSame(host.lockfiles(), [appLockName(domain)])
  },
)
