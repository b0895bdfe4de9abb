import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { runCli } from '../support/run-cli.js'

function stage(t: Test) {
  const dir = t.testdir({ locks: {}, runs: {} })
  const env = {
    HOME: dir,
    CCCI_DOMAIN: 'ci.example.org',
    CCCI_RUNS_DIR: join(dir, 'runs'),
    CCCI_APP_LOCK_DIR: join(dir, 'locks'),
    CCCI_STATE_DIR: join(dir, 'state'),
  }
  return { dir, env }
}

t.test('a run comes past its crash point and is killed there, with nothing said', async t => {
  const { dir, env } = stage(t)
  const words = ['run', 'notes', '--run-id', 'x', '--src', dir]
  const end = await runCli(words, { env: { ...env, RECIPE_CI_CRASH_AT: 'folder.made' } })
  t.match(end, { exitCode: null, signal: 'SIGKILL', stdout: '' })
  t.strictSame(readdirSync(join(dir, 'runs', 'x')).sort(), ['logs', 'run.lock'])
})

t.test(
  'a crash point that does not exist ends in exit 2, names the nearest and touches nothing',
  async t => {
    const { dir, env } = stage(t)
    mkdirSync(join(dir, 'recipe'))
    const end = await runCli(['run', 'notes', '--src', join(dir, 'recipe')], {
      env: { ...env, RECIPE_CI_CRASH_AT: 'deploy.send' },
    })
    t.equal(end.exitCode, 2)
    t.match(end.stderr, 'Cannot use "deploy.send" for RECIPE_CI_CRASH_AT')
    t.match(end.stderr, 'deploy.sent')
    t.strictSame(readdirSync(join(dir, 'runs')), [])
  },
)
