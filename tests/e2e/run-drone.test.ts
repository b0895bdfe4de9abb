import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import type { Results } from '../../lib/domain/results.js'
import type { Lab } from '../lab/lab.js'
import { compile } from '../support/drone/compile.js'
import { evilLibrary } from '../support/drone/evil.js'
import { startStep, type RunningStep } from '../support/drone/exec-runner.js'
import { until } from '../support/lives/processes.js'
import { leftOf } from '../support/lab-run.js'
import { CLI } from '../support/run-cli.js'
import { ROOT } from '../support/runner.js'
import { testLab } from '../support/test-lab.js'

type Params = Readonly<Record<string, string>>

const text = readFileSync(join(ROOT, '.drone.yml'), 'utf8')

type Build = { readonly params: Params; readonly shell?: '/bin/dash' | '/bin/bash' }

/** A custom build on the lab's host: the harness lies on the runner's PATH, the clone holds no build. */
function start(t: Test, lab: Lab, { params, shell = '/bin/dash' }: Build): RunningStep {
  const dir = mkdtempSync(join(tmpdir(), 'host-shell-'))
  t.teardown(() => {
    rmSync(dir, { recursive: true })
  })
  symlinkSync(shell, join(dir, 'sh'))
  const { PATH = '', ...environ } = lab.env
  const runner = {
    env: { PATH: `${dirname(CLI)}:${PATH}` },
    environ: { ...withoutUndefined(environ), ABRA_DIR: lab.abraDir },
  }
  const [step] = compile(text, { event: 'custom', params }, runner)
  if (step === undefined) throw new Error('no step')
  const clone = (source: string) => {
    cpSync(join(ROOT, 'bin'), join(source, 'bin'), { recursive: true })
  }
  return startStep(t, step, { shell: [join(dir, 'sh')], clone })
}

function withoutUndefined(env: NodeJS.ProcessEnv): Params {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}

async function resultsOf(lab: Lab, id: string): Promise<Results> {
  return JSON.parse(await readFile(join(lab.runsDir, id, 'results.json'), 'utf8')) as Results
}

const PAGE = `import assert from 'node:assert'
import { app } from 'recipe-ci/test'

const page = await app.fetch('/?a=b')
assert.equal(page.status, 200)
assert.match(await page.text(), /A page of/)
assert.equal((await app.fetch('/nothing-here')).status, 404)

const { exitCode, stdout } = await app.exec('app', 'echo "$DOMAIN"; exit 3')
assert.equal(exitCode, 3)
assert.equal(stdout.trim(), app.context.domain)
assert.equal((await app.exec('app', ['echo', '$DOMAIN'])).stdout, '$DOMAIN\\n')
await assert.rejects(app.exec('db', 'true'), /the services of the app are app/)
await assert.rejects(app.fetch('page'), /begins with a slash/)
`

t.test(
  'a green build: tests import the helper, and parameters that would run code run none',
  async t => {
    const lab = await testLab()
    const dir = t.testdir({ recipes: { site: { custom: {} } }, path: {} })
    const custom = join(dir, 'recipes/site/custom')
    writeFileSync(join(custom, 'page.mjs'), PAGE)
    writeFileSync(join(custom, 'by-run-bit'), `#!/usr/bin/env node\n${PAGE}`, { mode: 0o755 })
    const evidence = join(dir, 'evidence')
    for (const program of ['git', 'abra', 'docker', 'setsid', 'node', 'ssh', 'curl']) {
      const script = `#!/bin/bash\necho ${program} >>${evidence}\n`
      writeFileSync(join(dir, 'path', program), script, { mode: 0o755 })
    }
    writeFileSync(join(dir, 'evil.sh'), `echo sourced >>${evidence}\n`)
    writeFileSync(join(dir, 'evil.cjs'), `require('fs').writeFileSync('${evidence}', 'node')\n`)
    const library = await evilLibrary(dir, evidence)
    const params = {
      ...{ RECIPE: 'site', PR: '71', STAGES: 'install,custom', CCCI_RUN_ID: 'drone-green' },
      CCCI_RECIPES_DIR: join(dir, 'recipes'),
      PATH: `${join(dir, 'path')}:${process.env['PATH'] ?? ''}`,
      NODE_OPTIONS: `--require ${join(dir, 'evil.cjs')}`,
      ...{ LD_PRELOAD: library, LD_AUDIT: library, LD_LIBRARY_PATH: join(dir, 'path') },
      ...{ BASH_ENV: join(dir, 'evil.sh'), ENV: join(dir, 'evil.sh') },
      ...{ GIT_SSH_COMMAND: join(dir, 'path/ssh'), GIT_EXTERNAL_DIFF: join(dir, 'path/git') },
      ...{ GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'core.fsmonitor' },
      GIT_CONFIG_VALUE_0: join(dir, 'path/git'),
      ...{ PYTHONSTARTUP: join(dir, 'evil.sh'), PERL5OPT: '-Mevil' },
    }
    const step = start(t, lab, { params, shell: '/bin/bash' })
    t.equal((await step.ended).code, 0, step.output())
    const { results, stages } = await resultsOf(lab, 'drone-green')
    t.match(results, { install: 'pass', custom: 'pass' })
    const names = stages.find(({ name }) => name === 'custom')?.tests.map(({ name }) => name)
    for (const name of ['by-run-bit', 'page.mjs']) t.ok(names?.includes(name), name)
    t.notOk(existsSync(evidence), existsSync(evidence) ? readFileSync(evidence, 'utf8') : '')
  },
)

t.test('a red build is 7', async t => {
  const lab = await testLab()
  const run = { RECIPE: 'bad-custom', PR: '72', STAGES: 'install,custom' }
  const step = start(t, lab, { params: { ...run, CCCI_RUN_ID: 'drone-red' } })
  t.equal((await step.ended).code, 7, step.output())
  t.match(await resultsOf(lab, 'drone-red'), { exit_code: 7, cause: { class: 'test_failed' } })
})

t.test('a cancelled build loses its workspace, and everything of it is taken down', async t => {
  const lab = await testLab()
  const step = start(t, lab, {
    params: { RECIPE: 'site', PR: '73', CCCI_RUN_ID: 'drone-cancelled' },
  })
  const events = join(lab.runsDir, 'drone-cancelled/events.ndjson')
  await until(
    () => existsSync(events) && readFileSync(events, 'utf8').includes('"tier.started"'),
    'the first tier',
    120_000,
  )
  step.cancel()
  t.strictSame(await step.ended, { code: null, signal: 'SIGKILL' })
  t.notOk(existsSync(step.root))
  await until(
    () => readFileSync(events, 'utf8').includes('"run.finished"'),
    'the end of the run',
    120_000,
  )
  const record = await until(
    () => {
      const read = JSON.parse(
        readFileSync(join(lab.runsDir, 'drone-cancelled/results.json'), 'utf8'),
      ) as Results
      return read.status === 'finished' && read
    },
    'its record',
    120_000,
  )
  t.match(record, { reason: 'terminated', exit_code: 143, flags: { clean_teardown: true } })
  t.strictSame(await leftOf(lab, record.domain ?? ''), [])
})

t.test('a parameter that no grammar admits ends in 2 and touches nothing', async t => {
  const lab = await testLab()
  for (const [name, value] of [
    ['RECIPE', '$(touch /tmp/x)'],
    ['RECIPE', '../../etc'],
    ['REF', '--upload-pack=/tmp/x'],
    ['PR', '1; id'],
    ['SRC', 'ext::sh -c id'],
    ['SRC', '--config=x'],
  ] as const) {
    const id = `drone-bad-${name}`
    const step = start(t, lab, { params: { RECIPE: 'site', CCCI_RUN_ID: id, [name]: value } })
    t.equal((await step.ended).code, 2, `${name}=${value}`)
    t.notOk(existsSync(join(lab.runsDir, id)))
  }
})
