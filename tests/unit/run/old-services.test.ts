import t from 'tap'
import type { AppDomain, CommitId, StackName } from '../../../lib/domain/names.js'
import { freshProgress, type Bench } from '../../../lib/run/bench.js'
import { deploy, type DeployOp } from '../../../lib/run/deploy.js'
import { oldServices } from '../../../lib/run/old-services.js'
import { backup, NOT_CAPABLE } from '../../../lib/run/tiers/backup.js'
import { performRestore } from '../../../lib/run/tiers/restore.js'
import { Ledger } from '../../../lib/run/ledger.js'
import type { ServiceFacts } from '../../../lib/swarm/stack.js'
import { service } from '../../support/stack-facts.js'

const HEAD = '095609e4aa51c1f7a2f6bb2d4f3f8c8d9e0a1b2c' as CommitId
const stack = 'stack' as StackName
const says = (label: string, value: string) => ({ [`coop-cloud.${stack}.${label}`]: value })

const DB = service('db', { labels: { 'backupbot.backup': 'true', ...says('version', '1') } })
const BASE = [service('app', { labels: says('version', '1') }), DB]
const FRONT = service('front', { labels: says('version', '2') })
const names = (services: readonly ServiceFacts[]) => services.map(({ name }) => name)

/** A bench whose stack is `before` until a deploy makes it `after`, of which the checkout means some. */
function benchOf(
  before: readonly ServiceFacts[],
  after: readonly ServiceFacts[],
  meant: readonly string[],
): Bench {
  const watch = {
    before,
    settled: () => Promise.resolve({ state: 'converged', services: after, ms: 1 }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
  const done = () => Promise.resolve()
  const answer = () => Promise.resolve({ ok: true, ms: 1, said: '', ended: 'exited', output: '' })
  const ports = {
    phases: { in: (_: string, act: (floor: object) => unknown) => act({ add: () => undefined }) },
    abra: { deploy: answer, restore: answer },
    signal: new AbortController().signal,
    watch: () => Promise.resolve(watch),
    composeMeant: () => Promise.resolve({ services: meant, images: [] }),
    ...{ emit: () => undefined, reached: () => undefined },
    ...{ checkout: done, setEnv: done, placeOverlay: done },
  }
  const app = { recipe: 'notes', domain: 'a.ci.test' as AppDomain, stack }
  const facts = {
    app,
    meta: { deployTimeoutMs: 1 },
    requested: [],
    base: { commit: HEAD },
    missingImages: new Map(),
  }
  return { facts, ports, progress: freshProgress() } as unknown as Bench
}

const upgrading: DeployOp = { op: 'upgrade', commit: HEAD, env: {} }

const LAWS: readonly [string, readonly string[], readonly string[], readonly string[]][] = [
  ['what was there and is not meant any more', ['app', 'db'], ['app', 'postgres'], ['db']],
  ['none, where all are meant', ['app', 'db'], ['app', 'db'], []],
  ['none, where nothing ran before', [], ['app'], []],
  ['none, where it is not known what is meant', ['app', 'db'], [], []],
]
for (const [law, before, meant, old] of LAWS) {
  t.test(`services of an older version: ${law}`, async t => {
    t.strictSame(
      oldServices(
        before.map(name => service(name)),
        meant,
      ),
      old,
    )
  })
}

t.test('what an older version left running is no service of the app any more', async t => {
  const bench = benchOf(BASE, [...BASE, FRONT], ['front'])
  const checks = await deploy(bench, upgrading)
  t.match(checks, [{ status: 'pass' }, { status: 'pass', detail: /^front 1\/1$/ }])
  t.strictSame(names(bench.progress.services), ['front'])
  t.match(bench.progress.identity, { version: '2' }, 'it does not speak for the version')
  t.strictSame(Object.keys(bench.progress.identity?.images ?? {}), ['front'])
})

t.test('nor is it after a restore, and its labels ask for no backup', async t => {
  const bench = benchOf(BASE, [...BASE, FRONT], ['front'])
  await deploy(bench, upgrading)
  await performRestore(bench)
  t.strictSame(names(bench.progress.services), ['front'])
  t.equal(await backup(bench, new Ledger('backup', () => undefined)), NOT_CAPABLE)
  t.strictSame(names(bench.progress.services), ['front'])
})

t.test(
  'a service that the deploy brought counts, also one that is not known to be meant',
  async t => {
    const bench = benchOf([], BASE, ['app'])
    await deploy(bench, { ...upgrading, op: 'install' })
    t.strictSame(names(bench.progress.services), ['app', 'db'])
  },
)

t.test('a deploy on emptied ground has none', async t => {
  const bench = benchOf(BASE, [...BASE, FRONT], ['front'])
  await deploy(bench, upgrading)
  const { ports } = benchOf([], [FRONT, DB], ['front'])
  await deploy({ ...bench, ports }, { ...upgrading, op: 'fresh-restore' })
  t.strictSame(names(bench.progress.services), ['front', 'db'])
})
