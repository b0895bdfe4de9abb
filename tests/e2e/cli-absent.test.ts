import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Results } from '../../lib/domain/results.js'
import type { Lab } from '../lab/lab.js'
import { runCli, type CliEnd } from '../support/run-cli.js'
import { testLab } from '../support/test-lab.js'

type Absent = {
  readonly law: string
  readonly words: readonly string[]
  readonly env?: (lab: Lab) => Readonly<Record<string, string>>
  readonly says: RegExp
}

/** What is on PATH but for the lab's abra. */
const withoutAbra = (lab: Lab): string => (lab.env['PATH'] ?? '').split(':').slice(1).join(':')

const ABSENT: readonly Absent[] = [
  { law: 'a recipe that does not exist', words: ['run', 'nosuch'], says: /"nosuch"/ },
  { law: 'a ref that does not exist', words: ['run', 'site', '--ref', 'nosuch'], says: /"nosuch"/ },
  {
    law: 'a commit that does not exist',
    words: ['run', 'site', '--ref', 'f'.repeat(40)],
    says: /"f{40}"/,
  },
  {
    law: 'a version that was never published',
    words: ['run', 'site', '--target-version', '9.9.9+9'],
    says: /"9\.9\.9\+9"/,
  },
  {
    law: 'a repository that does not exist',
    words: ['run', 'site', '--src', '/nowhere/site.git'],
    says: /\/nowhere\/site\.git/,
  },
  {
    law: 'no abra',
    words: ['run', 'site'],
    env: lab => ({ PATH: withoutAbra(lab) }),
    says: /abra/,
  },
  {
    law: 'no Docker',
    words: ['run', 'site'],
    env: () => ({ DOCKER_HOST: 'unix:///nowhere/docker.sock' }),
    says: /Docker/,
  },
]

async function ask(t: Test, { words, env }: Absent): Promise<CliEnd & { runDir: string }> {
  const lab = await testLab()
  const dir = t.testdir({})
  const runDir = join(dir, 'runs', 'absent')
  const ours = { CCCI_RUNS_DIR: join(dir, 'runs'), CCCI_RUN_ID: 'absent' }
  const end = await runCli(words, { env: { ...lab.env, ...ours, ...env?.(lab) } })
  return { ...end, runDir }
}

for (const absent of ABSENT) {
  t.test(`${absent.law}: exit 1, one clear message, recorded as a fault`, async t => {
    const { exitCode, stderr, runDir } = await ask(t, absent)
    t.equal(exitCode, 1, stderr)
    t.match(stderr, absent.says)
    t.match(stderr, /^recipe-ci: Cannot .*\n(?: {2}because: .*\n)* {2}fix: {2}.+\n {2}code: RCI_/m)
    t.notMatch(stderr, /bug of recipe-ci/)
    const results = JSON.parse(readFileSync(join(runDir, 'results.json'), 'utf8')) as Results
    t.match(results, { status: 'finished', reason: 'fault', exit_code: 1, level: 0 })
    t.equal(results.cause?.class, 'fault')
  })
}

t.test('a runs dir that cannot be written: exit 1, one clear message', async t => {
  const lab = await testLab()
  const env = { ...lab.env, CCCI_RUNS_DIR: '/dev/null/runs' }
  const { exitCode, stderr } = await runCli(['run', 'site'], { env })
  t.equal(exitCode, 1)
  t.match(stderr, /"?\/dev\/null\/runs/)
  t.notMatch(stderr, /bug of recipe-ci/)
})

t.test('a plan says what would happen and changes nothing', async t => {
  const lab = await testLab()
  const dir = t.testdir({})
  const env = { ...lab.env, CCCI_RUNS_DIR: join(dir, 'runs') }
  const { exitCode, stdout } = await runCli(['run', 'notes', '--plan'], { env })
  t.equal(exitCode, 0)
  for (const word of ['1.1.0+1.1', '2.0.0+2.0', 'install', 'restore']) t.match(stdout, word)
  t.notOk(existsSync(join(dir, 'runs')))
})
