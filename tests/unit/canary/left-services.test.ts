import t from 'tap'
import { createCanaries } from '../../../lib/canary/canaries.js'
import { readStack } from '../../../lib/swarm/stack.js'
import { verdicts } from '../../support/canary-kit.js'
import { cannedStack, named } from '../../support/canned-stack.js'

const PG_DATA = '/var/lib/postgresql/data'
const POSTGRES = 'postgres:15'
const APP = { volumes: { uploads: '/srv/uploads' } }

const FILE = 'survived the upgrade: file in volume'
const ROWS = 'survived the upgrade: rows in postgres of'

/** A base with a database, watched. */
async function watched() {
  const canned = cannedStack()
  const { engine, stack, deploy } = canned
  deploy({ app: APP, db: { image: POSTGRES, volumes: { 'db-data': PG_DATA } } })
  const services = await readStack(engine, stack)
  const emit = () => undefined
  const meta = { canary: {} }
  const canaries = createCanaries({ engine, stack, runId: 'r', services, meta, emit })
  await canaries.write()
  return { ...canned, canaries, now: () => readStack(engine, stack) }
}

t.test('a service that the new version does not have answers for no data', async t => {
  const { canaries, deploy, now } = await watched()
  t.match(canaries.report(), [{ covered: true }, { covered: true }, { covered: true }])
  deploy({ postgres: { image: POSTGRES, volumes: { pgdata: PG_DATA } } })
  const services = await now()
  t.equal(services.length, 3, 'the old one still runs')
  const survived = await canaries.survived(named(services, 'app', 'postgres'))
  t.strictSame(verdicts(survived), [
    [`${FILE} "uploads"`, 'pass'],
    [`${FILE} "db-data"`, 'fail', 'data_lost'],
    [`${ROWS} "db"`, 'fail', 'data_lost'],
  ])
})

t.test('all services that are told of answer', async t => {
  const { canaries, deploy, now } = await watched()
  deploy({ more: { volumes: {} } })
  t.strictSame(
    verdicts(await canaries.survived(await now())).map(([, status]) => status),
    ['pass', 'pass', 'pass'],
  )
})

t.test('what lies in a service of the old version is taken away at the end', async t => {
  const { canaries, databases, filesIn, now } = await watched()
  t.strictSame([filesIn('db-data').size, databases()], [1, ['db-data/shop']])
  await canaries.refresh(named(await now(), 'app'))
  await canaries.drop()
  t.strictSame([filesIn('db-data').size, databases()], [0, []])
})
