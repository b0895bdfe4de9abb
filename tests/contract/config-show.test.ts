import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { SETTINGS } from '../../lib/cli/line/settings.js'
import type { SettingRow } from '../../lib/domain/request.js'
import { runCli } from '../support/run-cli.js'

type Shown = { readonly file: string | null; readonly settings: readonly SettingRow[] }

const CONFIG = `# of this host
domain: CI.example.org
gateway: "[::1]"
ca: ca.pem
upstreamBase: https://someone:hunter2hunter2@git.example.org/recipes
stateDir: /srv/state
deadlineMinutes: 0.5
`

t.test('config --show gives every setting its value and who said so', async t => {
  const dir = t.testdir({ 'config.yml': CONFIG })
  const file = join(dir, 'config.yml')
  const env = { RECIPE_CI_CONFIG: file, CCCI_KEEP_RUNS: '7', CCCI_STATE_DIR: 'state' }
  const words = ['config', '--show', '--json', '--lock-dir', 'locks']
  const { exitCode, stdout, stderr } = await runCli(words, { env, cwd: dir })
  t.match({ exitCode, stderr }, { exitCode: 0, stderr: '' })
  const shown = JSON.parse(stdout) as Shown
  t.equal(shown.file, file)
  t.strictSame(
    shown.settings.map(({ key }) => key),
    Object.values(SETTINGS).map(({ key }) => key),
  )
  const row = (key: string) => shown.settings.find(setting => setting.key === key)
  const at = (line: number) => ({ kind: 'file', path: file, line, column: 1 })
  t.match(row('domain'), { value: 'ci.example.org', origin: at(2) })
  t.match(row('gateway'), { value: '[::1]:443', origin: at(3) })
  t.match(row('ca'), { value: join(dir, 'ca.pem'), origin: at(4) })
  t.match(row('deadlineMinutes'), { value: 0.5, origin: at(7) })
  t.match(row('keepRuns'), { value: 7, origin: { kind: 'environment', name: 'CCCI_KEEP_RUNS' } })
  t.match(row('stateDir'), { value: join(dir, 'state'), origin: { name: 'CCCI_STATE_DIR' } })
  t.match(row('lockDir'), {
    value: join(dir, 'locks'),
    origin: { kind: 'option', name: '--lock-dir' },
  })
  t.match(row('mirrorBase'), { value: null, origin: { kind: 'default' } })
  t.match(row('runsDir'), { value: '/var/lib/cc-ci-runs', origin: { kind: 'default' } })
  t.notMatch(stdout, 'hunter2')
})

t.test('the table for people says the same, and masks values of the secrets folder', async t => {
  const dir = t.testdir({ 'config.yml': CONFIG })
  await mkdir(join(dir, 'secrets'))
  await writeFile(join(dir, 'secrets/one'), 'srv-secret-name\n')
  const env = {
    RECIPE_CI_CONFIG: join(dir, 'config.yml'),
    CCCI_SECRETS_DIR: join(dir, 'secrets'),
    CCCI_RECIPES_DIR: '/srv-secret-name/recipes',
  }
  const { stdout } = await runCli(['config', '--show'], { env })
  t.match(stdout, /^domain +ci\.example\.org +.*config\.yml:2$/m)
  t.match(stdout, /^server +default +default$/m)
  t.match(stdout, /^recipesDir +\/\[masked\]\/recipes +environment CCCI_RECIPES_DIR$/m)
  t.notMatch(stdout, 'srv-secret-name')
  t.notMatch(stdout, 'hunter2')
})

t.test('config alone checks: all is well, or the place of what is not', async t => {
  const dir = t.testdir({ 'good.yml': CONFIG, 'bad.yml': 'domain: ci.example.org\nrunDir: /x\n' })
  const good = await runCli(['config', '--config', 'good.yml'], { cwd: dir })
  t.match(good, { exitCode: 0, stdout: /good\.yml: 6 keys; all is well/ })
  const bad = await runCli(['config', '--config', 'bad.yml'], { cwd: dir })
  t.match(bad, { exitCode: 2, stdout: '', stderr: /bad\.yml, line 2, column 1\).*"runsDir"/ })
})
