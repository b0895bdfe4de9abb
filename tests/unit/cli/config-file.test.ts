import { join } from 'node:path'
import t, { type Test } from 'tap'
import { gather, readConfig, readHostConfig } from '../../../lib/cli/requests/host-config.js'
import type { Env } from '../../../lib/domain/env.js'
import type { Config } from '../../../lib/domain/request.js'
import { faultOf, surroundings } from './asking.js'

async function configured(t: Test, text: string, env: Env = {}): Promise<Config> {
  const path = join(t.testdir({ 'config.yml': text }), 'config.yml')
  const around = surroundings({ RECIPE_CI_CONFIG: path, ...env })
  return readConfig(await gather({}, around), around)
}

t.test('every key of the config file counts', async t => {
  const config = await configured(
    t,
    [
      'domain: CI.example.org',
      'server: lab',
      'gateway: "[::1]:8443"',
      'ca: ca.pem',
      'upstreamBase: /srv/up/',
      'mirrorBase: https://mirror.example.org/',
      'runsDir: /srv/runs',
      'lockDir: locks # beside this file',
      'recipesDir: /srv/recipes',
      'stateDir: /srv/state',
      'secretsDir: /srv/secrets',
      'deadlineMinutes: 0.5',
      'teardownMinutes: 2',
      'keepRuns: 3',
      'minFreeMegabytes: 2',
      'repoLocal: sandbox',
    ].join('\n'),
  )
  const here = join(t.testdirName)
  t.strictSame(config, {
    domain: 'ci.example.org',
    server: 'lab',
    gateway: { host: '::1', port: 8443 },
    ca: join(here, 'ca.pem'),
    upstreamBase: '/srv/up',
    mirrorBase: 'https://mirror.example.org',
    runsDir: '/srv/runs',
    lockDir: join(here, 'locks'),
    recipesDir: '/srv/recipes',
    stateDir: '/srv/state',
    secretsDir: '/srv/secrets',
    deadlineMs: 30_000,
    teardownMs: 120_000,
    keepRuns: 3,
    minFreeBytes: 2 * 1024 * 1024,
    repoLocal: 'sandbox',
    abraDir: '/root/.abra',
  })
})

t.test('without a config file the defaults count', async t => {
  const config = await configured(t, 'domain: ci.example.org')
  t.strictSame(config, {
    domain: 'ci.example.org',
    server: 'default',
    gateway: undefined,
    ca: undefined,
    upstreamBase: 'https://git.coopcloud.tech/coop-cloud',
    mirrorBase: undefined,
    runsDir: '/var/lib/cc-ci-runs',
    lockDir: '/run/lock',
    recipesDir: '/opt/recipe-ci/tests/recipes',
    stateDir: '/var/lib/ci-warm',
    secretsDir: '/run/secrets',
    deadlineMs: 3_600_000,
    teardownMs: 600_000,
    keepRuns: 200,
    minFreeBytes: 1024 * 1024 * 1024,
    repoLocal: 'deny',
    abraDir: '/root/.abra',
  })
})

t.test(
  'the environment beats the config file; its relative paths start at the working directory',
  async t => {
    const config = await configured(t, 'domain: a.org\nrunsDir: /srv/runs', {
      CCCI_DOMAIN: 'b.org',
      CCCI_RUNS_DIR: 'runs',
      ABRA_DIR: 'abra',
    })
    t.match(config, { domain: 'b.org', runsDir: '/somewhere/runs', abraDir: '/somewhere/abra' })
  },
)

t.test('an unknown key is named with line, column and the nearest known key', async t => {
  const fault = await faultOf(configured(t, 'domain: a.org\n  \nrunDir: /x\n'))
  t.equal(fault.exit, 2)
  t.match(fault.message, /"runDir" \(.*config\.yml, line 3, column 1\).*"runsDir"/)
})

const BAD: readonly [string, RegExp][] = [
  ['domain: [a]', /"domain" \(.*line 1, column 1\).*plain value/],
  ['- domain', /line 1, column 1.*"key: value"/],
  ['domain: a.org\ndomain: b.org', /line 2, column 1/],
  ['domain: a.org\nserver: {', /line 2/],
  ['domain: a.org\nkeepRuns: many', /"many".*keepRuns \(.*line 2, column 1\)/],
  ['domain: "*.a.org"', /"\*\.a\.org"/],
  ['domain: a.org\ndeadlineMinutes: 0', /"0"/],
  ['domain: a.org\ngateway: host:99999', /"host:99999"/],
  ['domain: a.org\nrepoLocal: allow', /deny, sandbox/],
  ['x: &a b\ndomain: *a', /"x"/],
  ['domain: a.org\n---\ndomain: b.org', /line 2/],
]

for (const [text, message] of BAD) {
  t.test(`a bad config file ends in exit 2 with its place: ${JSON.stringify(text)}`, async t => {
    t.match(await faultOf(configured(t, text)), { exit: 2, message })
  })
}

t.test(
  'a bad value in the config file is found even where the environment overrides it',
  async t => {
    const fault = await faultOf(
      configured(t, 'domain: a.org\nkeepRuns: x', { CCCI_KEEP_RUNS: '5' }),
    )
    t.equal(fault.exit, 2)
  },
)

t.test('a config file that was named must be there', async t => {
  const around = surroundings({ RECIPE_CI_CONFIG: '/nowhere/config.yml' })
  t.match(await faultOf(gather({}, around)), { exit: 2, message: /\/nowhere\/config\.yml.*ENOENT/ })
})

t.test('empty values and an empty file give nothing', async t => {
  t.equal((await configured(t, '', { CCCI_DOMAIN: 'a.org' })).domain, 'a.org')
  t.equal((await configured(t, 'domain: a.org\nca:\nserver: ""')).ca, undefined)
})

t.test(
  'no domain is a usage error for commands that name apps, and none for the others',
  async t => {
    const around = surroundings({})
    const sources = await gather({}, around)
    t.throws(() => readConfig(sources, around), { exit: 2, message: /domain/ })
    t.equal(readHostConfig(sources, around).server, 'default')
  },
)
