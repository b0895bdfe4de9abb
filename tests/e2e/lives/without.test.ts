import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Lab } from '../../lab/lab.js'
import { domainOf, leftOf, startLabRun } from '../../support/lab-run.js'
import { SOAK } from '../../support/lives/processes.js'
import { testLab } from '../../support/test-lab.js'

const lab = await testLab()
// Each run mostly waits for Swarm.
t.jobs = 3
const BESIDE = { buffered: true }

/** An `abra` of our own on PATH, in place of the lab's, which it becomes unless `script` does something else. */
function wrapAbra(t: Test, lab: Lab, script: string) {
  const dir = t.testdir({ bin: {} })
  const folders = (lab.env['PATH'] ?? '').split(':')
  const real = folders.find(folder => existsSync(join(folder, 'abra')))
  const wrapper = join(dir, 'bin/abra')
  writeFileSync(wrapper, `#!/bin/sh\n${script}\nexec "${String(real)}/abra" "$@"\n`)
  chmodSync(wrapper, 0o755)
  const others = folders.filter(folder => !existsSync(join(folder, 'abra')))
  return { dir, wrapper, env: { PATH: [join(dir, 'bin'), ...others].join(':'), WRAPPER_DIR: dir } }
}

t.test('the deadline ends a run whose abra hangs, with 142 after its teardown', BESIDE, async t => {
  const hang = 'echo "$*" >>"$WRAPPER_DIR/hung"; trap "" TERM HUP; sleep 900 & sleep 900'
  const script = `case "$*" in *--help*) ;; "app deploy "*) ${hang} ;; esac`
  const { dir, env } = wrapAbra(t, lab, script)
  const run = startLabRun(lab, 'site', {
    id: 'hanging-abra',
    args: ['--pr', '401', '--stages', 'install'],
    env: { ...env, CCCI_DEADLINE_MINUTES: '0.5' },
  })
  const { exitCode, results } = await run.ended
  t.equal(exitCode, 142)
  t.ok(existsSync(join(dir, 'hung')), 'it did hang')
  t.match(results, {
    status: 'finished',
    reason: 'overdue',
    exit_code: 142,
    flags: { clean_teardown: true },
  })
  t.strictSame(await leftOf(lab, domainOf(run.happenings)), [])
})

t.test('each call of abra sees the folder of its own run', BESIDE, async t => {
  const { dir, env } = wrapAbra(t, lab, 'echo "$ABRA_DIR" >>"$WRAPPER_DIR/seen"')
  const args = ['--pr', '402', '--stages', 'install']
  const run = startLabRun(lab, 'site', { id: 'own-folder', args, env })
  const { exitCode, stderr } = await run.ended
  t.equal(exitCode, 0, stderr)
  const seen = readFileSync(join(dir, 'seen'), 'utf8').split('\n').filter(Boolean)
  t.ok(seen.length > 3)
  // The lint looks at a clone of its own.
  const own = ['abra', 'lint'].map(name => join(lab.runsDir, 'own-folder', name))
  t.strictSame([...new Set(seen)].sort(), own)
})

type Gone = { readonly domain: string; readonly runDir: string; readonly wrapper: string }

// prettier-ignore
const GONE: Readonly<Record<string, (facts: Gone) => void>> = {
  'its env file': ({ domain }) => { rmSync(join(lab.abraDir, 'servers/default', `${domain}.env`)) },
  'its recipe tree': ({ runDir }) => { rmSync(join(runDir, 'abra/recipes'), { recursive: true }) },
  'abra': ({ wrapper }) => { rmSync(wrapper) },
  'an answer from abra': ({ wrapper }) => { writeFileSync(wrapper, '#!/bin/sh\ntrap "" TERM\nsleep 900\n') },
}

/** Three calls of abra are waited for, ten seconds each. */
const SLOW = 'an answer from abra'
const ROWS = Object.entries(GONE).filter(([what]) => SOAK || what !== SLOW)

for (const [row, [what, lose]] of ROWS.entries()) {
  t.test(`a teardown completes without ${what}`, BESIDE, async t => {
    const { wrapper, env } = wrapAbra(t, lab, '')
    const id = `without-${String(row)}`
    const args = ['--pr', String(410 + row), '--stages', 'install']
    const run = startLabRun(lab, 'site', { id, args, env })
    await run.until(({ type }) => type === 'op.done')
    const domain = domainOf(run.happenings)
    lose({ domain, wrapper, runDir: join(lab.runsDir, id) })
    run.child.kill('SIGTERM')
    const { exitCode, results } = await run.ended
    t.equal(exitCode, 143)
    t.match(results, {
      status: 'finished',
      reason: 'terminated',
      flags: { clean_teardown: true },
    })
    t.strictSame(await leftOf(lab, domain), [])
  })
}
