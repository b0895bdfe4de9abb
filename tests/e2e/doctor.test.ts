import { cpSync, symlinkSync, utimesSync } from 'node:fs'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { CHECKS } from '../../lib/doctor/checks.js'
import { noteLockDir } from '../../lib/lock/used-lock-dirs.js'
import { doctorOn, type Doctored } from '../support/doctor-run.js'
import { startHttps } from '../support/https-server.js'
import { CLI, runCli } from '../support/run-cli.js'
import { testLab } from '../support/test-lab.js'

const ROOT = join(import.meta.dirname, '../..')
const MAIN = join(ROOT, 'dist/lib/cli/main.js')
const lab = await testLab()

/** What depends on a thing that is amiss is a warning, not a second failure. */
const NEEDS_ENGINE = [
  ...['one-lock-dir', 'disk-docker', 'swarm', 'proxy-network', 'proxy-addresses', 'suffix'],
  ...['backup-bot', 'leaked-runs'],
]
const NEEDS_DOMAIN = ['one-lock-dir', 'gateway', 'certificate', 'suffix', 'leaked-runs']
const notLookedAt = (ids: readonly string[]) => Object.fromEntries(ids.map(id => [id, 'warn']))

/** Each finding that is not ok says what was seen and what to do. */
function says(t: Test, { found }: Doctored, rows: Readonly<Record<string, RegExp>>): void {
  for (const [id, pattern] of Object.entries(rows)) {
    t.match(found[id]?.seen, pattern, id)
    t.ok(found[id]?.fix, `${id} has a fix`)
  }
}

t.test('on the healthy lab everything is ok', async t => {
  const { exitCode, amiss, stderr, found } = await doctorOn(lab)
  t.match({ exitCode, stderr }, { exitCode: 0, stderr: '' })
  t.strictSame(amiss, {})
  t.strictSame(
    Object.keys(found),
    CHECKS.map(({ id }) => id),
  )
})

t.test('for people it is a table with words, fixes and a sum', async t => {
  const env = { ...lab.env, CCCI_DOMAIN: 'not a domain' }
  const { exitCode, stdout } = await runCli(['doctor'], { env })
  t.equal(exitCode, 7)
  t.match(stdout, /^fail {2}config +Cannot use "not a domain" for CCCI_DOMAIN.*\n +fix: .+$/m)
  t.match(stdout, /^ok {4}node +v\d+/m)
  t.match(
    stdout,
    new RegExp(`^${String(CHECKS.length)} checks: \\d+ ok, \\d+ warn, [12] fail\\n$`, 'm'),
  )
  t.notMatch(stdout, '\u001b')
})

t.test('it masks what a run masks', async t => {
  const env = { CCCI_MIRROR_BASE: 'https://of-mirror@git.example.org', CCCI_SERVER: 'of-mirror' }
  says(t, await doctorOn(lab, { env }), { 'abra-server': /servers\/\[masked\]/ })
})

t.test('a malformed option of its own is a usage error, not a finding', async t => {
  t.match(await runCli(['doctor', '--jsn'], { env: lab.env }), { exitCode: 2, stdout: '' })
})

t.test('a broken config file and environment: told with place, the rest is looked at', async t => {
  const file = join(t.testdir({ 'config.yml': 'domain: a.test\nkeepRun: 3\n' }), 'config.yml')
  const env = { RECIPE_CI_CONFIG: file, CCCI_KEEP_RUNS: 'many', CCCI_DOMAIN: lab.suffix }
  const doctored = await doctorOn(lab, { env: { ...env, CCCI_APP_LOCK_DIR: lab.lockDir } })
  t.equal(doctored.exitCode, 7)
  t.equal(doctored.amiss['config'], 'fail')
  says(t, doctored, { config: /config\.yml, line 2, column 1.*"many" for CCCI_KEEP_RUNS/ })
  t.match(doctored.found, { engine: { severity: 'ok' }, 'lock-dir': { seen: lab.lockDir } })
})

t.test('no domain, a stale variable, a foreign HOME', async t => {
  const config = join(t.testdir({ 'config.yml': '' }), 'config.yml')
  const env = {
    ...{ RECIPE_CI_CONFIG: config, CCCI_JANITOR_MAX_AGE: '3600', ABRA_DIR: '', HOME: lab.home },
    ...{ CCCI_RUNS_DIR: lab.runsDir, CCCI_APP_LOCK_DIR: lab.lockDir, CCCI_STATE_DIR: lab.stateDir },
  }
  const doctored = await doctorOn(lab, { env })
  t.equal(doctored.exitCode, 7)
  t.strictSame(doctored.amiss, {
    ...notLookedAt(NEEDS_DOMAIN),
    ...{ domain: 'fail', environment: 'warn', home: 'warn' },
  })
  says(t, doctored, { domain: /no domain/, environment: /CCCI_JANITOR_MAX_AGE/, home: /HOME is/ })
})

t.test('no Docker', async t => {
  const doctored = await doctorOn(lab, { env: { DOCKER_HOST: 'unix:///nowhere/docker.sock' } })
  t.equal(doctored.exitCode, 7)
  t.strictSame(doctored.amiss, { ...notLookedAt(NEEDS_ENGINE), engine: 'fail' })
  says(t, doctored, { engine: /\/nowhere\/docker\.sock.*ENOENT/ })
})

t.test('no abra', async t => {
  const PATH = (lab.env['PATH'] ?? '').split(':').slice(1).join(':')
  const doctored = await doctorOn(lab, { env: { PATH } })
  t.equal(doctored.exitCode, 7)
  t.strictSame(doctored.amiss, { abra: 'fail', ...notLookedAt(['abra-flags', 'abra-apps']) })
  says(t, doctored, { abra: /Cannot find "abra"/ })
})

t.test('an abra that has drifted: version, flags, the shape of its list, the server', async t => {
  const env = {
    ABRA_STANDIN_VERSION: '9.1.0-alpha',
    ABRA_STANDIN_WITHOUT: 'app deploy --chaos, app new --domain',
    ABRA_STANDIN_FAULTS: 'app list=garbage',
    CCCI_SERVER: 'elsewhere',
  }
  const doctored = await doctorOn(lab, { env })
  t.equal(doctored.exitCode, 7)
  const amiss = { abra: 'warn', 'abra-flags': 'fail', 'abra-apps': 'fail', 'abra-server': 'fail' }
  t.strictSame(doctored.amiss, amiss)
  says(t, doctored, {
    abra: /9\.1\.0-alpha.*newer/,
    'abra-flags': /"--domain" of "abra app new".*"--chaos" of "abra app deploy"/,
    'abra-apps': /app ls --machine/,
    'abra-server': /servers\/elsewhere is not there/,
  })
})

t.test('programs that are too old, or only go by the name', async t => {
  const dir = t.testdir({
    git: '#!/bin/sh\necho git version 2.20.1\n',
    flock: '#!/bin/sh\necho BusyBox v1.35.0 multi-call binary >&2\n',
  })
  for (const name of ['git', 'flock']) await chmod(join(dir, name), 0o755)
  const old = 'Object.defineProperty(process,"version",{value:"v18.20.4"})'
  const preload = `data:text/javascript,${encodeURIComponent(old)}`
  const by = [process.execPath, '--import', preload, MAIN] as const
  const env = { PATH: `${dir}:${lab.env['PATH'] ?? ''}` }
  const doctored = await doctorOn(lab, { by: [...by], env })
  t.equal(doctored.exitCode, 7)
  t.strictSame(doctored.amiss, { node: 'fail', git: 'fail', 'util-linux': 'fail' })
  says(t, doctored, { node: /v18\.20\.4/, git: /2\.20\.1/, 'util-linux': /BusyBox/ })
})

t.test('a guard that is none: what needs it is not looked at', async t => {
  const env = { RECIPE_CI_GUARD: '/nowhere/guard' }
  const doctored = await doctorOn(lab, { by: [process.execPath, MAIN], env })
  t.equal(doctored.exitCode, 7)
  t.strictSame(doctored.amiss, {
    ...notLookedAt(['git', 'util-linux', 'abra-flags', 'abra-apps']),
    ...{ guard: 'fail', abra: 'fail' },
  })
})

t.test(
  'an install without the helper, from tomorrow, in the workspace of a Drone build',
  async t => {
    const root = t.testdir()
    const dir = join(root, 'drone/src')
    for (const name of ['bin', 'dist', 'package.json'])
      cpSync(join(ROOT, name), join(dir, name), { recursive: true })
    symlinkSync(join(ROOT, 'node_modules'), join(dir, 'node_modules'))
    const tomorrow = new Date(Date.now() + 24 * 60 * 60 * 1000)
    utimesSync(join(dir, 'package.json'), tomorrow, tomorrow)
    const env = { DRONE: 'true', DRONE_WORKSPACE: dir }
    const doctored = await doctorOn(lab, { by: [join(dir, 'bin/recipe-ci')], env })
    t.equal(doctored.exitCode, 7)
    t.strictSame(doctored.amiss, {
      ...{ guard: 'warn', clock: 'fail', 'drone-install': 'warn', 'drone-timeout': 'warn' },
    })
    says(t, doctored, {
      guard: /setpriv stands in/,
      clock: /was installed on/,
      'drone-install': /a cancel deletes it/,
      'drone-timeout': /at least 75 minutes/,
    })
  },
)

t.test("Drone's repository time-out is asked for where a token is given", async t => {
  const minutes = { timeout: 60 }
  const server = createServer((request, response) => {
    const isAsked =
      request.url === '/api/repos/org/ci' && request.headers.authorization === 'Bearer t0ken'
    response.statusCode = isAsked ? 200 : 404
    response.end(JSON.stringify(minutes))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  const env = {
    DRONE_SERVER: `http://127.0.0.1:${port}`,
    DRONE_TOKEN: 't0ken',
    DRONE_REPO: 'org/ci',
  }
  const short = await doctorOn(lab, { env })
  t.strictSame(short.amiss, { 'drone-timeout': 'fail' })
  says(t, short, { 'drone-timeout': /^60 minutes, at least 75/ })
  minutes.timeout = 75
  t.strictSame((await doctorOn(lab, { env })).amiss, {})
})

t.test('folders on a read-only mount, runs on a small disk', async t => {
  const dir = t.testdir({ locks: {}, state: {}, runs: {} })
  const script = `mount --bind "$1/locks" "$1/locks" && mount -o remount,bind,ro "$1/locks" &&
    mount --bind "$1/state" "$1/state" && mount -o remount,bind,ro "$1/state" &&
    mount -t tmpfs -o size=4m,nr_inodes=100 small "$1/runs" && shift && exec "$@"`
  const env = {
    CCCI_APP_LOCK_DIR: join(dir, 'locks'),
    CCCI_STATE_DIR: join(dir, 'state'),
    CCCI_RUNS_DIR: join(dir, 'runs'),
  }
  const by = ['unshare', '--mount', 'sh', '-c', script, 'sh', dir, CLI] as const
  const doctored = await doctorOn(lab, { by: [...by], env })
  t.equal(doctored.exitCode, 7)
  // The apps of other tests have no lock in this folder.
  t.match(doctored.amiss, { 'lock-dir': 'fail', 'state-dir': 'fail', 'disk-runs': 'fail' })
  says(t, doctored, {
    'lock-dir': /read-only/,
    'state-dir': /EROFS/,
    'disk-runs': /^\d MB are free.*1024 MB are wanted/,
  })
})

t.test('as a user who may write nothing and read no secret', async t => {
  const dir = t.testdir({ secrets: { token: 'hunter2hunter2' }, runs: {}, state: {} })
  await chmod(join(dir, 'secrets/token'), 0o600)
  const env = {
    CCCI_SECRETS_DIR: join(dir, 'secrets'),
    CCCI_RUNS_DIR: join(dir, 'runs'),
    CCCI_STATE_DIR: join(dir, 'state/deeper'),
    CCCI_APP_LOCK_DIR: join(dir, 'no-locks'),
  }
  const by = [
    'setpriv',
    '--reuid',
    '65534',
    '--regid',
    '65534',
    '--clear-groups',
    '--',
    CLI,
  ] as const
  const doctored = await doctorOn(lab, { by: [...by], env })
  t.equal(doctored.exitCode, 7)
  t.match(doctored.amiss, {
    ...{ 'runs-dir': 'fail', 'state-dir': 'fail', 'lock-dir': 'fail', 'secrets-dir': 'warn' },
    engine: 'fail',
  })
  says(t, doctored, {
    'runs-dir': /EACCES/,
    'lock-dir': /no-locks is not there/,
    'secrets-dir': /secrets\/token/,
    engine: /EACCES/,
  })
})

t.test('a proxy that cannot be reached, and a name that does not resolve', async t => {
  const closed = await doctorOn(lab, { env: { CCCI_GATEWAY: '127.0.0.1:1' } })
  t.strictSame(closed.amiss, { gateway: 'fail', certificate: 'warn' })
  says(t, closed, { gateway: /ECONNREFUSED/ })
  // In a network of its own nothing resolves, and no question leaves this machine.
  const env = { CCCI_GATEWAY: 'gateway.ci.test:443' }
  const nameless = await doctorOn(lab, { by: ['unshare', '--net', CLI], env })
  t.match(nameless.amiss, { gateway: 'fail' })
  says(t, nameless, { gateway: /"gateway\.ci\.test" does not resolve/ })
})

t.test('an app that answers for every name, and a certificate that ends soon', async t => {
  await using server = await startHttps(`*.${lab.suffix}`, (_, response) => response.end('hello'))
  const { host, port } = server.gateway
  const env = { CCCI_GATEWAY: `${host}:${port}`, CCCI_CA: server.ca }
  const doctored = await doctorOn(lab, { env })
  t.equal(doctored.exitCode, 0)
  t.strictSame(doctored.amiss, { gateway: 'warn', certificate: 'warn' })
  says(t, doctored, { gateway: /HTTP 200 for a name that no app has/, certificate: /1 days left/ })
})

t.test("a certificate for another name, Traefik's default one, a CA that is not there", async t => {
  await using other = await startHttps('*.other.test', (_, response) => response.end())
  const at = (server: typeof other) => `${server.gateway.host}:${server.gateway.port}`
  const wrong = await doctorOn(lab, { env: { CCCI_GATEWAY: at(other), CCCI_CA: other.ca } })
  t.equal(wrong.amiss['certificate'], 'fail')
  says(t, wrong, { certificate: /not for this name/ })
  await using own = await startHttps('TRAEFIK DEFAULT CERT', (_, response) => response.end())
  const made = await doctorOn(lab, { env: { CCCI_GATEWAY: at(own), CCCI_CA: own.ca } })
  says(t, made, { certificate: /Traefik's own default/ })
  const none = await doctorOn(lab, { env: { CCCI_CA: '/nowhere/ca.pem' } })
  t.match(none.amiss, { gateway: 'fail' })
})

t.test('a suffix that others use, a second folder of abra, leases that hold nothing', async t => {
  const dir = t.testdir({ abra: { servers: { default: {} } }, home: { '.abra': { servers: {} } } })
  const state = join(dir, 'state')
  await writeFile(join(dir, `abra/servers/default/blog.${lab.suffix}.env`), 'TYPE=site\n')
  await mkdir(join(state, 'leases'), { recursive: true })
  await writeFile(join(state, `leases/abcd-123456.${lab.suffix}.json`), 'no lease')
  const env = { ABRA_DIR: join(dir, 'abra'), HOME: join(dir, 'home'), CCCI_STATE_DIR: state }
  const doctored = await doctorOn(lab, { env })
  t.equal(doctored.exitCode, 0)
  t.match(doctored.amiss, { suffix: 'warn', home: 'warn', leases: 'warn' })
  says(t, doctored, { suffix: /blog\./, home: /has servers as well/, leases: /unreadable/ })
})

t.test('two lock dirs for one engine and suffix are told, once runs have used them', async t => {
  const stateDir = t.testdir({})
  const sphere = { engine: lab.dockerHost, suffix: lab.suffix }
  await noteLockDir(stateDir, sphere, lab.lockDir)
  await noteLockDir(stateDir, { ...sphere, suffix: 'other.test' }, '/other/locks')
  const env = { CCCI_STATE_DIR: stateDir }
  t.strictSame((await doctorOn(lab, { env })).amiss, {})
  await noteLockDir(stateDir, sphere, '/second/locks')
  const doctored = await doctorOn(lab, { env })
  t.strictSame(doctored.amiss, { 'one-lock-dir': 'warn' })
  says(t, doctored, { 'one-lock-dir': /\/second\/locks.*blind to each other/ })
})

t.test('what a dead run left is told, and left alone', async t => {
  const suffix = `doctor-${String(process.pid)}.test`
  const lockDir = t.testdir({})
  const lock = join(lockDir, `cc-ci-app-gone-abcdef.${suffix}.lock`)
  const abraDir = join(lockDir, 'abra')
  await mkdir(join(abraDir, 'servers/default'), { recursive: true })
  const envFile = join(abraDir, `servers/default/gone-abcdef.${suffix}.env`)
  await writeFile(envFile, 'TYPE=gone\n')
  const env = { CCCI_DOMAIN: suffix, CCCI_APP_LOCK_DIR: lockDir, ABRA_DIR: abraDir }
  const orphaned = await doctorOn(lab, { env })
  t.match(orphaned.amiss, { 'leaked-runs': 'warn', certificate: 'fail' })
  says(t, orphaned, { 'leaked-runs': /gone-abcdef.*orphan/ })
  await mkdir(lock)
  says(t, await doctorOn(lab, { env }), { 'leaked-runs': /a person must look at/ })
})
