import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { killGroup, livingOf, until } from '../../support/process-group.js'
import { createStandIn, STAND_IN_DIR, type StandIn } from '../../support/stand-in.js'

let standIn: StandIn
t.before(async () => {
  standIn = await createStandIn('recipe-ci-stand-in/none:1')
})
t.teardown(() => standIn[Symbol.asyncDispose]())

type Started = {
  readonly child: ChildProcess
  readonly pid: number
  /** What came on stderr so far. */
  readonly said: () => string
}

/** Starts a call in a process group of its own, which is killed at the end of the test whatever happens. */
function start(t: Test, args: readonly string[], env: Readonly<Record<string, string>>): Started {
  const child = spawn(join(STAND_IN_DIR, 'abra'), args, {
    env: { ...standIn.env, ...env },
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const pid = child.pid ?? -1
  t.teardown(() => {
    killGroup(pid)
  })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  return { child, pid, said: () => stderr }
}

const hasBegun = (pid: number) =>
  until(async () => {
    const text = await readFile(standIn.env['ABRA_STANDIN_JOURNAL'] ?? '', 'utf8').catch(() => '')
    return text.includes(`"pid":${pid}`)
  })

const LS = ['app', 'ls', '-m']

t.test('a command told to hang hangs, and ends by the signal that is sent', async t => {
  const { child, pid } = start(t, LS, { ABRA_STANDIN_FAULTS: 'app list=hang' })
  t.ok(await hasBegun(pid))
  child.kill('SIGTERM')
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
  t.same([code, signal], [null, 'SIGTERM'])
  t.match((await standIn.journal()).at(-1), { event: 'end', exit: null, signal: 'SIGTERM' })
})

t.test('a deaf command outlives TERM and dies of KILL, without an end in the journal', async t => {
  const { child, pid, said } = start(t, LS, { ABRA_STANDIN_FAULTS: 'app list=deaf' })
  t.ok(await until(async () => said().includes('INFO deaf')))
  child.kill('SIGTERM')
  t.ok(await until(async () => said().includes('INFO ignored SIGTERM')))
  t.same(await livingOf(pid), [pid])
  child.kill('SIGKILL')
  await once(child, 'exit')
  t.match((await standIn.journal()).at(-1), { event: 'begin' })
})

t.test('a killed process group leaves no child behind', async t => {
  const { pid } = start(t, LS, { ABRA_STANDIN_FAULTS: 'app list=offspring' })
  t.ok(await until(async () => (await livingOf(pid)).length === 2))
  killGroup(pid)
  t.ok(await until(async () => (await livingOf(pid)).length === 0))
})

t.test('the docker command dies with abra, even if abra alone is killed', async t => {
  const tools = join(standIn.abraDir, '..', 'tools')
  await mkdir(tools)
  await writeFile(join(tools, 'docker'), '#!/bin/sh\nexec sleep 3600\n')
  await chmod(join(tools, 'docker'), 0o755)
  const made = await standIn.abra(['app', 'new', 'tiny', '-n', '-o', '-D', standIn.domain])
  t.equal(made.code, 0)
  await standIn.setEnv('COMPOSE_FILE=compose.bare.yml')
  await writeFile(
    join(standIn.recipeDir, 'compose.bare.yml'),
    'version: "3.8"\nservices:\n  app:\n    image: recipe-ci-stand-in/none:1\n',
  )
  const path = `${tools}:${standIn.env['PATH'] ?? ''}`
  const deploy = ['app', 'deploy', standIn.domain, '-n', '-o', '-C', '-c', '-D']
  const { child, pid } = start(t, deploy, { PATH: path })
  t.ok(await until(async () => (await livingOf(pid)).length === 2))
  child.kill('SIGKILL')
  t.ok(await until(async () => (await livingOf(pid)).length === 0))
})

t.test('a crash is a death by SIGSEGV', async t => {
  const { child } = start(t, LS, { ABRA_STANDIN_FAULTS: 'app list=crash' })
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
  t.same([code, signal], [null, 'SIGSEGV'])
})

t.test('garbage is broken JSON with exit status 0', async t => {
  const { code, stdout } = await standIn.abra(LS, {
    env: { ABRA_STANDIN_FAULTS: 'app list=garbage' },
  })
  t.equal(code, 0)
  t.throws(() => JSON.parse(stdout) as unknown)
})

t.test('a fault told to come after the work comes after it', async t => {
  const env = { ABRA_STANDIN_FAULTS: 'server list=fatal-after' }
  const { code, stdout, stderr } = await standIn.abra(['server', 'ls', '-m'], { env })
  t.equal(code, 1)
  t.same(JSON.parse(stdout), [{ name: 'default', host: 'local' }])
  t.match(stderr, /FATA a fault that a test asked for/)
})

t.test('a fault of one command leaves the others alone', async t => {
  const env = { ABRA_STANDIN_FAULTS: 'app list=fatal, app new=hang' }
  t.equal((await standIn.abra(['server', 'ls', '-m'], { env })).code, 0)
  t.equal((await standIn.abra(LS, { env })).code, 1)
})
