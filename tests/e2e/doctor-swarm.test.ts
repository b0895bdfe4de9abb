import t from 'tap'
import { doctorOn } from '../support/doctor-run.js'
import { startSecondEngine } from '../support/second-engine.js'
import { testLab } from '../support/test-lab.js'

const lab = await testLab()
const engine = await startSecondEngine()
t.after(() => engine[Symbol.asyncDispose]())
const { docker, host } = engine
const look = (env: Readonly<Record<string, string>> = {}) =>
  doctorOn(lab, { env: { DOCKER_HOST: host, ...env } })

t.test('an engine without a swarm', async t => {
  const { exitCode, amiss, found } = await look()
  t.equal(exitCode, 7)
  t.match(amiss, { swarm: 'fail', 'proxy-network': 'fail', 'backup-bot': 'warn' })
  t.match(found['swarm'], { seen: 'swarm is inactive', fix: /docker swarm init/ })
  t.match(found['engine'], { severity: 'ok' })
})

t.test('a swarm without the network, without a bot, on a disk that is too full', async t => {
  await docker(['swarm', 'init', '--advertise-addr', '127.0.0.1'])
  const { exitCode, amiss, found } = await look({ CCCI_MIN_FREE_MEGABYTES: '999999999' })
  t.equal(exitCode, 7)
  t.strictSame(amiss, {
    ...{ 'disk-runs': 'fail', 'disk-state': 'fail', 'disk-docker': 'fail' },
    ...{ 'proxy-network': 'fail', 'proxy-addresses': 'warn', 'backup-bot': 'warn' },
  })
  t.match(found['proxy-network'], { seen: /no network "proxy"/, fix: /docker network create/ })
  t.match(found['disk-docker'], { seen: /999999999 MB are wanted/ })
})

t.test('a network of that name that is no overlay', async t => {
  await docker(['network', 'create', 'proxy'])
  const { amiss, found } = await look()
  t.equal(amiss['proxy-network'], 'fail')
  t.match(found['proxy-network'], { seen: /no overlay, but bridge/ })
  await docker(['network', 'rm', 'proxy'])
})

t.test('a small network, then one that is nearly used up, and two bots', async t => {
  await docker(['network', 'create', '-d', 'overlay', '--subnet', '10.201.0.0/28', 'proxy'])
  const small = await look()
  t.equal(small.exitCode, 0)
  t.strictSame(small.amiss, { 'proxy-network': 'warn', 'backup-bot': 'warn' })
  t.match(small.found['proxy-network'], { seen: /not attachable, 10\.201\.0\.0\/28: so small/ })
  for (let place = 0; place < 9; place += 1) {
    const label = ['--label', 'coop-cloud.backupbot.enabled=true']
    const words = ['--detach', '--replicas', '0', '--network', 'proxy', '--no-resolve-image']
    const name = ['--name', `service-${String(place)}`]
    await docker(['service', 'create', ...words, ...name, ...(place < 2 ? label : []), 'nothing:1'])
  }
  const full = await look()
  t.equal(full.exitCode, 7)
  t.strictSame(full.amiss, {
    ...{ 'proxy-network': 'warn', 'proxy-addresses': 'fail', 'backup-bot': 'warn' },
  })
  t.match(full.found['proxy-addresses'], { seen: /^10 of 13 addresses in use/ })
  t.match(full.found['backup-bot'], { seen: /2 services claim to be it/ })
})

t.test('a node that takes no tasks', async t => {
  const id = await docker(['node', 'ls', '--quiet'])
  await docker(['node', 'update', '--availability', 'drain', id])
  const { amiss, found } = await look()
  t.equal(amiss['swarm'], 'fail')
  t.match(found['swarm'], { seen: /on drain/, fix: /--availability active/ })
})
