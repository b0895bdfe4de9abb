import t from 'tap'
import { createCanaries } from '../../../lib/canary/canaries.js'
import { readStack } from '../../../lib/swarm/stack.js'
import { verdicts } from '../../support/canary-kit.js'
import {
  cannedStack,
  type CannedOptions,
  type CannedService,
  type CannedStack,
} from '../../support/canned-stack.js'

const PG_DATA = '/var/lib/postgresql/data'
const db = (volume: string): CannedService => ({
  image: 'postgres:15',
  volumes: { [volume]: PG_DATA },
})
const DUMPED = {
  'backupbot.backup': 'true',
  'backupbot.backup.pre-hook': '/save.sh',
  'backupbot.backup.volumes.rows.path': 'backup.sql',
}

/** The canaries of services that run, written. */
async function watched(options: CannedOptions, services: Parameters<CannedStack['deploy']>[0]) {
  const canned = cannedStack(options)
  const { engine, stack, deploy } = canned
  deploy(services)
  const facts = await readStack(engine, stack)
  const emit = () => undefined
  const meta = { canary: {} }
  const canaries = createCanaries({ engine, stack, runId: 'r', services: facts, meta, emit })
  await canaries.write()
  const rows = async (asked: ReturnType<typeof canaries.restored>) =>
    verdicts((await asked).filter(({ name }) => name.includes('rows in')))
  return { ...canned, canaries, rows, now: () => readStack(engine, stack) }
}

const told = ({ canaries }: Awaited<ReturnType<typeof watched>>, kind: string) =>
  canaries
    .report()
    .filter(each => each.kind === kind)
    .map(({ where, covered }) => [where, covered])

const SQLITE = { sqlite: { data: 'sub/app.db' } }
const APP = { volumes: { data: '/data' } }

t.test('an SQLite file that two services share has one canary', async t => {
  const world = await watched(SQLITE, { app: APP, worker: { volumes: { data: '/srv/data' } } })
  const { canaries, writes, rows, now } = world
  t.strictSame(writes, ['data/sub/app.db'], 'the second does not write over the first')
  t.strictSame(told(world, 'sqlite'), [['service "app", database "/data/sub/app.db"', true]])
  await canaries.refresh(await now())
  t.equal(writes.length, 1, 'nor does it when it is asked again')
  const name = 'survived the upgrade: rows in sqlite of "app"'
  t.strictSame(await rows(canaries.survived(await now())), [[name, 'pass']])
})

t.test('two files have two', async t => {
  const files = { sqlite: { data: 'a.db', more: 'b.db' } }
  const world = await watched(files, { app: APP, worker: { volumes: { more: '/data' } } })
  t.strictSame([...world.writes].sort(), ['data/a.db', 'more/b.db'])
})

t.test('the servers of one cluster have one canary, and the other is told', async t => {
  const cluster = { cluster: ['one', 'two'] }
  const world = await watched(cluster, { db1: db('one'), db2: db('two') })
  t.strictSame(world.writes, ['cluster/shop'])
  t.strictSame(told(world, 'postgres'), [
    ['service "db1", database "shop"', true],
    ['service "db2"', false],
  ])
  t.match(world.canaries.report().at(-1)?.reason, /rows of another canary/)
})

t.test('a server with a new name and the old volume keeps its canary', async t => {
  const server = { ...db('rows'), labels: DUMPED }
  const world = await watched({}, { db: server })
  const { canaries, deploy, writes, rows, now } = world
  deploy({ db: undefined, postgres: server })
  const name = 'survived the upgrade: rows in postgres of "postgres"'
  t.strictSame(await rows(canaries.survived(await now())), [[name, 'pass']])
  await canaries.refresh(await now())
  t.strictSame(writes, ['rows/shop'], 'it is not written over')
  t.strictSame(told(world, 'postgres'), [['service "postgres", database "shop"', true]])
  await canaries.change()
  t.strictSame(
    await rows(canaries.restored()),
    [['restored: rows in postgres of "postgres"', 'fail', 'restore_lost']],
    'its own hook promises it back',
  )
})

t.test('a server with a new name and a new volume does not', async t => {
  const { canaries, deploy, rows, now } = await watched({}, { db: db('rows') })
  deploy({ db: undefined, postgres: db('other') })
  const name = 'survived the upgrade: rows in postgres of "db"'
  t.strictSame(await rows(canaries.survived(await now())), [[name, 'fail', 'data_lost']])
})

t.test('an SQLite file is found wherever its volume is mounted by then', async t => {
  const world = await watched(SQLITE, { app: APP, idle: { volumes: { data: '/idle' } } })
  const { canaries, deploy, rows, now } = world
  deploy({ app: { volumes: { data: '/elsewhere' } } })
  const name = (service: string) => `survived the upgrade: rows in sqlite of "${service}"`
  t.strictSame(await rows(canaries.survived(await now())), [[name('app'), 'pass']])
  deploy({ app: undefined, web: { volumes: { data: '/srv' } } })
  t.strictSame(await rows(canaries.survived(await now())), [[name('web'), 'pass']])
})
