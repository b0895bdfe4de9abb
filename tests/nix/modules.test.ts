import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import t from 'tap'
import { parseConfig } from '../../lib/cli/line/config-yaml.js'
import { SETTINGS } from '../../lib/cli/line/settings.js'
import { evaluateHost, needNix, type Host } from '../support/nix.js'
import { ROOT } from '../support/runner.js'

await needNix()

async function host(overrides?: string): Promise<Host> {
  const { value, stderr } = await evaluateHost(overrides)
  if (value === undefined) throw new Error(stderr)
  return value
}

const standard = await host()

t.test('a host that names its domain and its secrets is fit', async t => {
  t.strictSame(standard.failed, [])
  t.strictSame(standard.installed, ['recipe-ci-0.1.0', 'abra'])
})

t.test('maxTests is what the runner gets as its capacity', async t => {
  t.equal(standard.unit.environment['DRONE_RUNNER_CAPACITY'], '2')
  const { unit } = await host('{ services.drone-runner.maxTests = 7; }')
  t.equal(unit.environment['DRONE_RUNNER_CAPACITY'], '7')
})

t.test('a second place for the capacity is refused', async t => {
  for (const place of [
    'services.drone-runner.settings',
    'services.drone-runner.stepEnvironment',
    'systemd.services.drone-runner-exec.environment',
  ]) {
    const { value, stderr } = await evaluateHost(`{ ${place}.DRONE_RUNNER_CAPACITY = "9"; }`)
    t.match(value?.failed[0] ?? stderr, new RegExp(`${place}.*DRONE_RUNNER_CAPACITY`), place)
  }
})

t.test("a capacity in the secrets' file is refused when the unit starts", async t => {
  const script = String(standard.unit.serviceConfig['ExecStartPre'])
  const start = (capacity: string) =>
    execa('sh', ['-c', script], { env: { DRONE_RUNNER_CAPACITY: capacity }, reject: false })
  t.equal((await start('2')).exitCode, 0)
  const refused = await start('9')
  t.equal(refused.exitCode, 1)
  t.match(refused.stderr, 'sets DRONE_RUNNER_CAPACITY to "9", services.drone-runner.maxTests is 2')
})

t.test('values that cannot be meant are refused', async t => {
  for (const [overrides, why] of [
    ['{ services.drone-runner.maxTests = 0; }', /positive integer/],
    ['{ services.drone-runner.maxTests = "2"; }', /positive integer/],
    ['{ services.drone-runner.maxtests = 2; }', /maxtests/],
    ['{ services.drone-runner.environmentFile = ./secrets; }', /environmentFile/],
    ['{ services.drone-runner.stepEnvironment.A = 1; }', /string/],
    ['{ services.recipe-ci.settings.teardownMinutes = 0; }', /positive integer/],
  ] as const) {
    const { value, stderr } = await evaluateHost(overrides)
    t.equal(value, undefined, overrides)
    t.match(stderr, why, overrides)
  }
})

t.test('what the modules cannot hold together is said in a sentence', async t => {
  for (const [overrides, why] of [
    ['{ services.recipe-ci.settings.teardownMinutes = 14; }', /is 14: at most 13/],
    ['{ services.drone-runner.stepEnvironment.A = "b c"; }', /stepEnvironment\.A: only letters/],
    [
      '{ services.recipe-ci.enable = { _type = "override"; priority = 50; content = false; }; }',
      /needs services\.recipe-ci\.enable/,
    ],
  ] as const) {
    t.match((await host(overrides)).failed[0], why, overrides)
  }
})

t.test('a file of secrets in the store is refused', async t => {
  const { value } = await evaluateHost(
    '{ services.drone-runner.environmentFile = { _type = "override"; priority = 50; content = "/nix/store/x-secrets"; }; }',
  )
  t.match(value?.failed[0], /environmentFile lies in the store/)
})

t.test('a stop leaves every run the time of its teardown', async t => {
  const { serviceConfig, restartIfChanged } = standard.unit
  t.match(serviceConfig, {
    Type: 'exec',
    KillMode: 'control-group',
    KillSignal: 'SIGTERM',
    OOMPolicy: 'continue',
    SuccessExitStatus: 1,
    Restart: 'always',
  })
  t.notOk('SendSIGKILL' in serviceConfig)
  t.notOk('Delegate' in serviceConfig)
  t.equal(restartIfChanged, false)
  for (const minutes of [1, 5, 13]) {
    const { unit } = await host(`{ services.recipe-ci.settings.teardownMinutes = ${minutes}; }`)
    t.equal(unit.serviceConfig['TimeoutStopSec'], minutes * 60 + 60)
  }
})

t.test('Docker and the network come before the runner and go after it', async t => {
  const { after, requires, wants } = standard.unit
  t.strictSame(after, ['network-online.target', 'docker.service'])
  t.strictSame(requires, ['docker.service'])
  t.strictSame(wants, ['network-online.target'])
  t.strictSame(standard.docker, { enable: true, liveRestore: false })
})

t.test('a step finds every program that the harness and bin/step call', async t => {
  const names = ['abra', 'docker-client', 'git', 'git-lfs', 'nodejs', 'openssh', 'util-linux']
  for (const name of names) t.ok(standard.unit.path.includes(name), name)
  t.equal(standard.unit.path[0], 'recipe-ci-0.1.0', 'and the harness outside the workspace')
})

t.test('what steps find in their environment is a file of its own', async t => {
  const { unit } = await host(
    '{ services.drone-runner.stepEnvironment = { CCCI_KEEP_RUNS = "5"; RECIPE_CI_FORMAT = "human"; }; }',
  )
  t.equal(unit.environment['DRONE_RUNNER_ENVFILE'], 'CCCI_KEEP_RUNS=5\nRECIPE_CI_FORMAT=human\n')
})

t.test('folders are made, never emptied; NixOS makes /run/lock itself', async t => {
  const made = (path: string) => `d ${path} 0755 root root - -`
  t.strictSame(standard.tmpfiles, [made('/var/lib/cc-ci-runs'), made('/var/lib/ci-warm')])
  const { tmpfiles } = await host('{ services.recipe-ci.settings.lockDir = "/run/ci-lock"; }')
  t.equal(tmpfiles[0], made('/run/ci-lock'))
})

t.test('the config file that the modules write is one that recipe-ci reads', async t => {
  const keys = Object.values(SETTINGS).map(({ key }) => key)
  const read = parseConfig({ path: '/etc/recipe-ci/config.yml', text: standard.settings, keys })
  t.equal(read.get('domain')?.text, 'ci.example.org')
  for (const key of ['lockDir', 'runsDir', 'stateDir', 'teardownMinutes'] as const) {
    const { standard } = Object.values(SETTINGS).find(setting => setting.key === key) ?? {}
    t.equal(String(read.get(key)?.text), standard, `${key}: the same default`)
  }
})

t.test('the options that the docs name exist', async t => {
  const page = await readFile(join(ROOT, 'docs/operating.md'), 'utf8')
  const named = new Set(
    [...page.matchAll(/services\.(recipe-ci|drone-runner)\.(\w+)/g)].map(([all]) => all),
  )
  t.ok(named.size > 0)
  const sources = {
    'recipe-ci': await readFile(join(ROOT, 'nix/modules/recipe-ci.nix'), 'utf8'),
    'drone-runner': await readFile(join(ROOT, 'nix/modules/drone-runner.nix'), 'utf8'),
  }
  for (const option of named) {
    const [, service, name] = option.split('.') as [string, keyof typeof sources, string]
    t.match(sources[service], new RegExp(`^    ${name} = lib\\.mk`, 'm'), option)
  }
})
