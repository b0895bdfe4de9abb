import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { domainOf, labRun, leftOf, startLabRun } from '../support/lab-run.js'
import { testLab } from '../support/test-lab.js'

type Row = {
  readonly law: string
  readonly recipe: string
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly says: RegExp
}

// prettier-ignore
const ROWS: readonly Row[] = [
  { law: 'a recipe that does not exist', recipe: 'nowhere', says: /Cannot get the recipe "nowhere"/ },
  { law: 'a ref that does not exist', recipe: 'site', args: ['--ref', 'no-such-branch'], says: /Cannot find the ref "no-such-branch"/ },
  { law: 'a version that was never published', recipe: 'site', args: ['--target-version', '9.9.9+9'], says: /Cannot find the version "9\.9\.9\+9"/ },
  { law: 'no abra', recipe: 'site', env: { PATH: '/usr/bin:/bin' }, says: /abra/ },
  { law: 'no Docker', recipe: 'site', env: { DOCKER_HOST: 'unix:///nowhere/docker.sock' }, says: /Cannot reach Docker/ },
]
for (const [place, { law, recipe, says, args = [], env = {} }] of ROWS.entries()) {
  t.test(`${law}: exit 1, one clear message, a record, nothing created`, async t => {
    const lab = await testLab()
    const run = startLabRun(lab, recipe, { id: `fault-${String(place)}`, args, env })
    const { exitCode, stderr, results } = await run.ended
    t.equal(exitCode, 1)
    t.match(stderr, says)
    t.match(stderr, /fix:/)
    t.match(results, { status: 'finished', reason: 'fault', exit_code: 1 })
    t.notOk(run.happenings.some(({ type }) => type === 'app.created'))
  })
}

t.test('an abra that crashes says nothing about the recipe', async t => {
  const lab = await testLab()
  for (const [number, verb] of ['app new', 'app deploy'].entries()) {
    const run = startLabRun(lab, 'site', {
      id: `crash-${String(number)}`,
      args: ['--pr', String(610 + number), '--stages', 'install'],
      env: { ABRA_STANDIN_FAULTS: `${verb}=crash` },
    })
    const { exitCode, results } = await run.ended
    t.equal(exitCode, 1, verb)
    t.match(results, {
      exit_code: 1,
      cause: { class: 'fault', sentence: /was killed by SIGSEGV/, fix: /has not been judged/ },
      flags: { clean_teardown: true },
    })
    t.strictSame(await leftOf(lab, domainOf(run.happenings)), [])
  }
})

t.test('a runs dir that cannot be written: exit 1 and one clear message', async t => {
  const lab = await testLab()
  const file = join(t.testdir(), 'file')
  await writeFile(file, '')
  const args = ['--runs-dir', join(file, 'runs')]
  const { exitCode, stderr } = await labRun(lab, 'site', { id: 'unwritable', args })
  t.equal(exitCode, 1)
  t.match(stderr, /Cannot make the run folder/)
})

t.test('the plan of a run says what it would do and creates nothing', async t => {
  const lab = await testLab()
  const run = startLabRun(lab, 'notes', { id: 'plan', args: ['--plan'] })
  const { exitCode, results } = await run.ended
  t.equal(exitCode, 0)
  t.equal(results, undefined)
  t.match(run.happenings[0], { type: 'plan.resolved', base: '1.1.0+1.1', headVersion: '2.0.0+2.0' })
  t.strictSame(await leftOf(lab, `note-29e0dd.${lab.suffix}`), [])
})
