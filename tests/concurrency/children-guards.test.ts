import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { startBare } from '../../lib/process/bare-child.js'
import { findGuard, nativeGuard, type Guard } from '../../lib/process/guard.js'
import { createProcessRunner, type Outcome } from '../../lib/process/run-process.js'
import { guardPath } from '../support/lives/install.js'
import { makeCase } from '../support/lives/marked.js'
import { nothingLeft, plainEnv } from '../support/lives/processes.js'

const native = nativeGuard(await guardPath())
/** What a host without the built helper has. */
const setpriv = await findGuard(process.env, '/nowhere')

type Shell = { readonly guard: Guard; readonly script: string; readonly deadlineMs?: number }

/** Runs a shell under a guard; nothing that it started may be left afterwards. */
async function under(t: Test, { guard, script, deadlineMs = 800 }: Shell): Promise<Outcome> {
  const { mark, env } = makeCase(t, t.testdir())
  const run = createProcessRunner({ guard, mask: text => text })
  const argv = ['sh', '-c', script] as const
  const outcome = await run({ argv, env: plainEnv(env), deadlineMs, graceMs: 200 })
  await nothingLeft(mark)
  return outcome
}

t.test('a guard that stands still goes at the deadline, with all of its group', async t => {
  const script = 'trap "" TERM; kill -STOP $PPID; sleep 60 & sleep 60'
  const outcome = await under(t, { guard: native, script })
  t.match(outcome, { ended: 'deadline', signal: 'SIGKILL' })
})

t.test('without the native helper a child and its group end at the deadline too', async t => {
  t.equal(setpriv.kind, 'setpriv')
  const script = 'trap "" TERM; sleep 60 & sleep 60'
  t.match(await under(t, { guard: setpriv, script }), { ended: 'deadline', signal: 'SIGKILL' })
})

t.test('without the native helper what a child leaves in its group ends with it', async t => {
  const script = 'sleep 60 & echo done'
  const outcome = await under(t, { guard: setpriv, script, deadlineMs: 20_000 })
  t.match(outcome, { ended: 'exited', exitCode: 0, stdout: 'done\n' })
})

t.test('a child without a guard leads a session of its own', async t => {
  const logFile = join(t.testdir(), 'log')
  const argv = ['sh', '-c', 'ps -o sid= -p $$'] as const
  const child = await startBare({ argv, env: { PATH: process.env['PATH'] }, cwd: '/', logFile })
  t.strictSame(await child.ended, { exitCode: 0, signal: null })
  t.equal(Number(readFileSync(logFile, 'utf8')), child.pid)
})

t.test('the file of the guard may go between any two of our steps', async t => {
  const path = join(t.testdir(), 'guard')
  copyFileSync(await guardPath(), path)
  const [file, ...args] = nativeGuard(path).wrap(['true'], { parent: process.pid })
  rmSync(path)
  t.strictSame(await once(spawn(file, args, { stdio: 'ignore' }), 'exit'), [0, null])
})

t.test('a guard is seen by its name', async t => {
  const script = 'cat /proc/$PPID/comm; tr "\\0" "\\n" </proc/$PPID/cmdline | head -1'
  const { stdout } = await under(t, { guard: native, script, deadlineMs: 20_000 })
  t.equal(stdout, `recipe-ci-guard\n${String(native.path)}\n`)
})

t.test('a guard may be a script', async t => {
  const path = join(t.testdir(), 'guard')
  writeFileSync(path, `#!/bin/sh\nexec ${await guardPath()} "$@"\n`, { mode: 0o755 })
  await t.test('which stays for the whole test', async t => {
    const wrapped = { guard: nativeGuard(path), script: 'echo done', deadlineMs: 20_000 }
    t.match(await under(t, wrapped), { exitCode: 0, stdout: 'done\n' })
  })
})
