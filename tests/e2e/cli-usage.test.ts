import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { CLI, runCli, runProgram, type CliEnd } from '../support/run-cli.js'

type Asked = { readonly words: readonly string[]; readonly env?: Readonly<Record<string, string>> }

/** Asks wrongly beside an empty folder that holds all state, and returns what that folder holds afterwards. */
async function ask(t: Test, { words, env = {} }: Asked): Promise<CliEnd & { created: string[] }> {
  const dir = t.testdir({})
  const end = await runCli(words, {
    cwd: dir,
    env: {
      CCCI_DOMAIN: 'ci.example.org',
      CCCI_RUNS_DIR: join(dir, 'runs'),
      CCCI_APP_LOCK_DIR: join(dir, 'lock'),
      CCCI_STATE_DIR: join(dir, 'state'),
      ABRA_DIR: join(dir, 'abra'),
      ...env,
    },
  })
  return { ...end, created: readdirSync(dir) }
}

const WRONG: readonly (Asked & { readonly law: string; readonly says: RegExp })[] = [
  { law: 'no command', words: [], says: /no command is named/ },
  { law: 'an unknown command', words: ['rum'], says: /'rum'/ },
  { law: 'an unknown option', words: ['run', 'ghost', '--reff', 'x'], says: /'--reff'/ },
  { law: 'one word too many', words: ['run', 'ghost', 'notes'], says: /too many/ },
  {
    law: 'an unknown stage',
    words: ['run', 'ghost', '--stages', 'install,up'],
    says: /"install,up"/,
  },
  {
    law: 'an unknown stage in the environment',
    words: ['run', 'ghost'],
    env: { STAGES: 'deploy' },
    says: /"deploy" for STAGES/,
  },
  {
    law: 'restore without backup',
    words: ['run', 'ghost', '--stages', 'install,restore'],
    says: /backup along with restore/,
  },
  { law: 'a bad ref', words: ['run', 'ghost', '--ref', 'a..b'], says: /"a\.\.b"/ },
  { law: 'a bad recipe name', words: ['run', '../ghost'], says: /"\.\.\/ghost"/ },
  {
    law: 'a bad pull request number',
    words: ['run', 'ghost'],
    env: { PR: '1e3' },
    says: /"1e3" for PR/,
  },
  { law: 'a bad run id', words: ['run', 'ghost', '--run-id', '..'], says: /"\.\."/ },
  {
    law: 'a source that runs commands',
    words: ['run', 'ghost', '--src', 'ext::id'],
    says: /"ext::id"/,
  },
  {
    law: 'a commit and a version at once',
    words: ['run', 'ghost', '--ref', 'main', '--target-version', '1.0.0+1'],
    says: /--ref and --target-version/,
  },
  { law: '--keep under CI', words: ['run', 'ghost', '--keep'], env: { CI: 'true' }, says: /CI/ },
  { law: 'no domain', words: ['run', 'ghost'], env: { CCCI_DOMAIN: '' }, says: /no domain/ },
  {
    law: 'no domain for the janitor',
    words: ['janitor'],
    env: { CCCI_DOMAIN: '' },
    says: /no domain/,
  },
  { law: 'no recipe', words: ['run'], says: /no recipe/ },
  { law: 'an option of another command', words: ['fetch', 'ghost', '--pr', '1'], says: /'--pr'/ },
  {
    law: 'a config file that is not there',
    words: ['run', 'ghost', '--config', 'nowhere.yml'],
    says: /nowhere\.yml/,
  },
]

for (const { law, says, ...asked } of WRONG) {
  t.test(`${law}: exit 2, one clear message, nothing created`, async t => {
    const { exitCode, stdout, stderr, created } = await ask(t, asked)
    t.equal(exitCode, 2)
    t.equal(stdout, '')
    t.match(stderr, says)
    t.match(stderr, /^recipe-ci: Cannot .*\n {2}fix: {2}.+\n {2}code: RCI_USAGE, exit 2\n$/)
    t.strictSame(created, [])
  })
}

t.test('an unknown key in the config file: exit 2 with its place, nothing created', async t => {
  const dir = t.testdir({ 'config.yml': 'domain: ci.example.org\nrunDir: x\n' })
  const env = { RECIPE_CI_CONFIG: join(dir, 'config.yml'), CCCI_RUNS_DIR: join(dir, 'runs') }
  const { exitCode, stderr } = await runCli(['run', 'ghost'], { env })
  t.equal(exitCode, 2)
  t.match(stderr, /"runDir" \(.*config\.yml, line 2, column 1\).*"runsDir"/)
  t.notOk(existsSync(join(dir, 'runs')))
})

t.test('help goes to stdout and is green', async t => {
  for (const words of [['--help'], ['run', '--help'], ['help', 'janitor']]) {
    const { exitCode, stdout, stderr } = await runCli(words)
    t.match({ exitCode, stderr }, { exitCode: 0, stderr: '' })
    t.match(stdout, /^Usage: recipe-ci/)
  }
})

t.test('the version is the one of package.json', async t => {
  const { version } = (await import('../../package.json', { with: { type: 'json' } })).default
  const { exitCode, stdout } = await runCli(['--version'])
  t.strictSame({ exitCode, stdout }, { exitCode: 0, stdout: `${version}\n` })
})

t.test('a working directory that is gone does not matter', async t => {
  const script = 'mkdir gone && cd gone && rmdir ../gone && exec "$1" run ghost --stages x'
  const { exitCode, stderr } = await runProgram(['sh', '-c', script, 'sh', CLI], {
    cwd: t.testdir({}),
  })
  t.match({ exitCode, stderr }, { exitCode: 2, stderr: /"x" for --stages/ })
})
