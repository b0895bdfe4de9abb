import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { SHELLS } from '../../lib/cli/line/asked.js'
import { COMMANDS } from '../../lib/cli/line/commands.js'
import { runCli } from '../support/run-cli.js'
import { COMPLETING, hasShell } from '../support/shells.js'

const commands = Object.keys(COMMANDS)

/** What is offered behind a line: these words at least, or exactly these. */
const ROWS: readonly {
  readonly line: string
  readonly offers: readonly string[]
  readonly only?: boolean
}[] = [
  { line: 'recipe-ci ', offers: commands },
  { line: 'recipe-ci jan', offers: ['janitor'], only: true },
  { line: 'recipe-ci run --fo', offers: ['--format'], only: true },
  { line: 'recipe-ci run --format ', offers: ['human', 'ndjson', 'tap'], only: true },
  { line: 'recipe-ci completion ', offers: [...SHELLS], only: true },
  { line: 'recipe-ci janitor --', offers: ['--dry-run', '--json', '--config', '--help'] },
]

for (const shell of SHELLS) {
  t.test(`${shell} completes commands, options and their words`, async t => {
    if (!(await hasShell(shell))) {
      t.comment(`${shell} is not here and only root can install it`)
      return
    }
    const script = join(t.testdir(), 'completion')
    const { stdout, exitCode, stderr } = await runCli(['completion', shell])
    t.match({ exitCode, stderr }, { exitCode: 0, stderr: '' })
    await writeFile(script, stdout)
    for (const { line, offers, only } of ROWS) {
      const offered = await COMPLETING[shell](script, line)
      for (const word of offers) t.ok(offered.includes(word), `"${line}" offers ${word}`)
      if (only === true) t.equal(offered.length, offers.length, `"${line}": ${offered.join(' ')}`)
    }
    const listed = await COMPLETING[shell](script, 'recipe-ci run --stages install,up')
    t.match(listed, [/^(install,)?upgrade$/])
  })
}

t.test(
  'bash completes behind an equals sign, recipes, folders, and nothing of other commands',
  async t => {
    const dir = t.testdir()
    const script = join(dir, 'completion')
    await writeFile(script, (await runCli(['completion', 'bash'])).stdout)
    for (const name of ['abra/recipes/ghost', 'abra/recipes/gitea', 'other'])
      await mkdir(join(dir, name), { recursive: true })
    const around = { env: { ABRA_DIR: join(dir, 'abra') }, cwd: dir }
    const complete = (line: string) => COMPLETING.bash(script, line, around)
    t.strictSame(await complete('recipe-ci run --format=nd'), ['ndjson'])
    t.strictSame(await complete('recipe-ci run g'), ['ghost', 'gitea'])
    t.strictSame(await complete('recipe-ci run --runs-dir ot'), ['other'])
    t.strictSame(await complete('recipe-ci fetch --dry'), [])
  },
)

t.test('a shell that is not known is a usage error that names those that are', async t => {
  const wrong = await runCli(['completion', 'tcsh'])
  t.match(wrong, { exitCode: 2, stdout: '', stderr: /"tcsh".*bash, zsh, fish/ })
  t.match(await runCli(['completion']), { exitCode: 2, stderr: /no shell is named/ })
})

t.test('a broken config file does not stop completion', async t => {
  const file = join(t.testdir({ 'config.yml': '{' }), 'config.yml')
  t.equal((await runCli(['completion', 'bash'], { env: { RECIPE_CI_CONFIG: file } })).exitCode, 0)
})
