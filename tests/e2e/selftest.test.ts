import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { SelftestReport } from '../../lib/commands/selftest.js'
import { CRASH_POINTS } from '../../lib/domain/crash-points.js'
import { findGuard } from '../../lib/process/guard.js'
import { createProcessRunner } from '../../lib/process/run-process.js'
import { makeSmallRecipe } from '../../lib/selftest/small-recipe.js'
import { closeLab, openLab } from '../lab/lab.js'
import { CLI, runCli } from '../support/run-cli.js'
import { domainOf, leftOf, startLabRun } from '../support/lab-run.js'

// A lab of its own: the sweeps of other runs must not find these orphans first.
const lab = await openLab(`selftest-${String(process.pid)}`, () => undefined)
t.teardown(() => closeLab(lab.name, () => undefined))

const INSTALL = new URL('../../', import.meta.url).pathname
/** One of each kind of danger; `npm run selftest` takes all of them, and so does the soak. */
const SHORT =
  'folder.begun,env.drafted,deploy.sent,deploy.working,lease.drafted,teardown.network,reap.volume'
const SOAK = process.env['RECIPE_CI_SOAK'] !== undefined

t.test('killed at a point, one sweep brings the host back', { timeout: 3_600_000 }, async t => {
  const points = SOAK ? [] : ['--points', SHORT]
  const end = await runCli(['selftest', '--on-this-host', '--json', ...points], { env: lab.env })
  const report = JSON.parse(end.stdout) as SelftestReport
  t.equal(end.exitCode, 0, end.stderr)
  t.match(end.stderr, /^recipe-ci selftest is about to use this host/, 'it says so first')
  t.ok(report.rows.every(({ clean, afterSweep }) => clean && afterSweep.length === 0))
  t.equal(report.rows.length, SOAK ? CRASH_POINTS.length : SHORT.split(',').length)
  const working = report.rows.find(({ point }) => point === 'deploy.working')
  t.ok(
    working?.leftBehind.some(({ kind }) => kind === 'service'),
    'abra was at work when its harness died',
  )
})

t.test('a run of everything, and what follows on it, come past every crash point', async t => {
  const log = join(t.testdir({ runs: {} }), 'log')
  const start = await starter(t, log)
  const whole = start('whole', ['--fresh-restore'])
  t.equal((await whole.ended).exitCode, 0)
  t.strictSame(await leftOf(lab, domainOf(whole.happenings)), [])
  await start('kept', ['--stages', 'install', '--keep']).ended
  const args = ['--stages', 'install', '--replace-kept']
  await start('replacing', args, { RECIPE_CI_CRASH_AT: 'deploy.converged' }).ended
  const sweep = ['janitor', '--runs-dir', join(t.testdirName, 'runs')]
  const env = { ...lab.env, RECIPE_CI_CRASH_LOG: log, CCCI_KEEP_RUNS: '1' }
  for (let sweeps = 0; sweeps < 2; sweeps += 1) t.equal((await runCli(sweep, { env })).exitCode, 0)
  const passed = new Set(readFileSync(log, 'utf8').trimEnd().split('\n'))
  t.strictSame(
    CRASH_POINTS.map(({ name }) => name).filter(name => !passed.has(name)),
    [],
    'none is left out',
  )
})

t.test(
  'told to end, it ends its run, sweeps once and leaves with the code of the signal',
  async t => {
    const child = spawn(CLI, ['selftest', '--on-this-host', '--points', 'reports.written'], {
      env: { ...lab.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let said = ''
    child.stdout.on('data', (text: Buffer) => (said += text.toString()))
    child.stderr.on('data', (text: Buffer) => (said += text.toString()))
    while (!said.includes('left behind')) await once(child.stdout, 'data')
    const domain = /^ {2}app +(\S+),/m.exec(said)?.[1] ?? ''
    while ((await leftOf(lab, domain)).length === 0) await new Promise(setImmediate)
    child.kill('SIGTERM')
    const [exitCode] = (await once(child, 'close')) as [number]
    t.equal(exitCode, 143, said)
    t.strictSame(await leftOf(lab, domain), [])
  },
)

async function starter(t: Test, log: string) {
  const dir = t.testdirName
  const run = createProcessRunner({ guard: await findGuard({}, INSTALL), mask: text => text })
  const image = lab.env['RECIPE_CI_SELFTEST_IMAGE'] ?? ''
  const made = { run, env: process.env, installDir: INSTALL, image }
  const { repo, recipesDir } = await makeSmallRecipe(dir, made)
  return (id: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const places = ['--runs-dir', join(dir, 'runs'), '--recipes-dir', recipesDir, '--src', repo]
    return startLabRun(lab, 'selftest', {
      id,
      args: [...places, '--pr', String(process.pid), ...args],
      env: { ...env, RECIPE_CI_CRASH_LOG: log },
    })
  }
}
