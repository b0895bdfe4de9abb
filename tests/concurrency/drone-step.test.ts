import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { compile } from '../support/drone/compile.js'
import { evilLibrary } from '../support/drone/evil.js'
import { startStep, type RunningStep } from '../support/drone/exec-runner.js'
import { makeInstall } from '../support/lives/install.js'
import { makeCase } from '../support/lives/marked.js'
import { harnessPid, journalOf, noted, nothingLeft, send } from '../support/lives/processes.js'
import { ROOT } from '../support/runner.js'

const install = await makeInstall(t)
const text = readFileSync(join(ROOT, '.drone.yml'), 'utf8')
const bashAsSh = join(install.dir, 'sh')
symlinkSync('/bin/bash', bashAsSh)
const SHELLS: Readonly<Record<string, readonly [string]>> = {
  dash: ['dash'],
  'bash as sh': [bashAsSh],
}
/** On the host the harness is installed outside the workspace, and on the PATH of the runner. */
const PATH = `${join(install.dir, 'bin')}:${process.env['PATH'] ?? ''}`

type Step = RunningStep & { readonly journal: string; readonly mark: string }
type Params = Readonly<Record<string, string>>

type Custom = {
  readonly shell: readonly [string]
  /** What the runner hands to every step. */
  readonly environ: Params
  readonly params?: Params
}

/** A clone of this repository in which nothing was built. */
function clone(source: string): void {
  mkdirSync(join(source, 'bin'))
  for (const name of ['step', 'recipe-ci']) {
    copyFileSync(join(ROOT, 'bin', name), join(source, 'bin', name))
  }
}

function start(t: Test, { shell, environ, params = {} }: Custom): Step {
  const made = makeCase(t, install.dir)
  const runner = { env: { PATH, USER: 'root' }, environ: { ...made.env, ...environ } }
  const [step] = compile(text, { event: 'custom', params }, runner)
  if (step === undefined) throw new Error('no step')
  return { ...startStep(t, step, { shell, clone }), ...made }
}

// prettier-ignore
const ENDS: readonly {
  readonly law: string
  readonly environ: Params
  readonly then?: (step: Step, harness: number) => void
  readonly code: number | null
  readonly last: string
}[] = [
  { law: 'a green run is 0', environ: { WORK_MS: '0' }, code: 0, last: 'exit 0' },
  { law: 'a red run is 7', environ: { WORK_MS: '0', CODE: '7' }, code: 7, last: 'exit 7' },
  {
    law: 'a stop of the whole control group is 143, after teardown', environ: { TEARDOWN_MS: '500' }, code: 143, last: 'exit 143',
    then: (step, harness) => {
      step.shell.kill('SIGTERM')
      send(harness, 'SIGTERM')
    },
  },
  {
    law: 'a cancel removes the workspace under the run, and its teardown is done all the same', environ: { TEARDOWN_MS: '500' }, code: null, last: 'exit 143',
    then: step => { step.cancel(); },
  },
]

for (const [name, shell] of Object.entries(SHELLS)) {
  t.test(`the step of a custom build under ${name}`, async t => {
    await Promise.all(
      ENDS.map(async ({ law, environ, then, code, last }) => {
        const step = start(t, { shell, environ })
        const harness = await harnessPid(step.journal)
        then?.(step, harness)
        t.equal((await step.ended).code, code, law)
        const seen = await noted(step.journal, 'exit ')
        t.equal(seen, last, law)
        t.ok(journalOf(step.journal).includes('teardown done'), law)
        t.equal(existsSync(step.root), code !== null, law)
        await nothingLeft(step.mark)
      }),
    )
  })

  t.test(`no parameter makes a red run under ${name} look green`, async t => {
    for (const SHELLOPTS of ['noexec', 'onecmd', 'xtrace:verbose']) {
      const step = start(t, { shell, environ: { WORK_MS: '0', CODE: '7' }, params: { SHELLOPTS } })
      t.equal((await step.ended).code, 7, SHELLOPTS)
    }
  })

  t.test(`its log under ${name} begins with its one line`, async t => {
    const step = start(t, { shell, environ: { WORK_MS: '0' } })
    await step.ended
    t.match(step.output(), /^\+ exec sh bin\/step run\n/)
  })

  t.test(`parameters that would run code under ${name} run none`, async t => {
    const dir = t.testdir({ path: {} })
    const evidence = join(dir, 'evidence')
    const run = (how: string) => `echo ${how} >>${evidence}\n`
    writeFileSync(join(dir, 'evil.sh'), run('sourced'))
    writeFileSync(join(dir, 'evil.cjs'), `require('fs').appendFileSync('${evidence}', 'node\\n')\n`)
    for (const program of ['sh', 'setsid', 'node', 'recipe-ci', 'setpriv', 'readlink', 'sleep']) {
      writeFileSync(join(dir, 'path', program), `#!/bin/bash\n${run(program)}`, { mode: 0o755 })
    }
    const library = await evilLibrary(dir, evidence)
    const params = {
      RECIPE: `$(${run('RECIPE').trim()})`,
      REF: '`touch /nowhere`',
      PATH: `${join(dir, 'path')}:${process.env['PATH'] ?? ''}`,
      NODE_OPTIONS: `--require ${join(dir, 'evil.cjs')}`,
      ...{ LD_PRELOAD: library, LD_AUDIT: library, LD_LIBRARY_PATH: join(dir, 'path') },
      ...{ BASH_ENV: join(dir, 'evil.sh'), ENV: join(dir, 'evil.sh') },
    }
    const step = start(t, { shell, environ: { WORK_MS: '0' }, params })
    t.equal((await step.ended).code, 0)
    t.notOk(existsSync(evidence), existsSync(evidence) ? readFileSync(evidence, 'utf8') : '')
  })
}
