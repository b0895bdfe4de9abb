import t from 'tap'
import {
  followRenamed,
  liesIn,
  pathUnder,
  type DatabaseHome,
} from '../../../lib/canary/database-home.js'
import { planDatabases } from '../../../lib/canary/database-plan.js'
import type { ServiceFacts } from '../../../lib/domain/stack-facts.js'
import { service } from '../../support/stack-facts.js'

const mount = (name: string, target: string, readOnly = false) => ({
  volume: `stack_${name}`,
  target,
  readOnly,
})
const server = (name: string, volume: string) =>
  service(name, { image: 'postgres:15', mounts: [mount(volume, '/var/lib/postgresql/data')] })

/** Homes of the databases of these services, with rows in them. */
const homesOf = (services: readonly ServiceFacts[], database?: string): DatabaseHome[] =>
  planDatabases(services, {}).map(plan => ({ plan, database }))

/** The services of homes once others run. */
const after = (homes: readonly DatabaseHome[], services: readonly ServiceFacts[], skips = {}) => {
  followRenamed(homes, planDatabases(services, skips), services)
  return homes.map(({ plan }) => plan.service)
}

t.test('a home follows its volume to a server with a new name, and only there', async t => {
  const db = [server('db', 'rows')]
  const homes = () => homesOf(db, 'shop')
  t.strictSame(after(homes(), [server('postgres', 'rows')]), ['postgres'])
  t.strictSame(after(homes(), [server('postgres', 'other')]), ['db'], 'another volume')
  t.strictSame(
    after(homes(), [service('web', { mounts: [mount('rows', '/srv')] })]),
    ['db'],
    'another kind',
  )
  t.strictSame(after(homes(), [server('postgres', 'rows'), ...db]), ['db'], 'it is still there')
  t.strictSame(after(homesOf(db), [server('postgres', 'rows')]), ['db'], 'without rows')
  const skips = { postgres: { skip: 'on purpose' } }
  t.strictSame(after(homes(), [server('postgres', 'rows')], skips), ['db'], 'one that is skipped')
})

t.test('a server takes over one home at most, and none that has one', async t => {
  const homes = homesOf([server('a', 'rows'), server('b', 'rows')], 'shop')
  t.strictSame(after(homes, [server('c', 'rows')]), ['c', 'b'])
  const shared = homesOf([server('a', 'rows'), server('b', 'rows')], 'shop')
  t.strictSame(after(shared, [server('b', 'rows')]), ['a', 'b'])
})

t.test('a file keeps its place in the volume wherever that is mounted', async t => {
  const [plan] = planDatabases(
    [service('app', { mounts: [mount('srv', '/srv'), mount('data', '/srv/data/')] })],
    {},
  )
  if (plan === undefined) throw new Error('no plan')
  const under = (path: string, ...mounts: ServiceFacts['mounts']) => pathUnder(mounts, plan, path)
  t.equal(under('/srv/data/a/x.db', mount('data', '/d')), '/d/a/x.db')
  t.equal(under('/srv/data/x.db', mount('data', '/')), '/x.db')
  t.equal(under('/srv/x.db', mount('data', '/d'), mount('srv', '/s/')), '/s/x.db')
  t.equal(under('/srv/data/x.db', mount('srv', '/s')), '/srv/data/x.db', 'not mounted')
  const both = [mount('data', '/a', true), mount('data', '/b')]
  t.equal(under('/srv/data/x.db', ...both), '/b/x.db', 'where it can be written')
  t.equal(
    under(
      '/srv/data/x.db',
      mount('data', '/a'),
      ...plan.mounts.map(each => ({ ...each, readOnly: false })),
    ),
    '/srv/data/x.db',
  )
  t.equal(under('shop', mount('data', '/d')), 'shop', 'the name of a database is no path')
})

t.test('a file in another volume that is mounted below is none of the database', async t => {
  const mounts = [mount('data', '/srv'), mount('media', '/srv/media/')]
  const [all] = planDatabases([service('app', { mounts })], {})
  if (all === undefined) throw new Error('no plan')
  const plan = { ...all, mounts: all.mounts.slice(0, 1) }
  t.ok(liesIn(mounts, plan, '/srv/app.db'))
  t.ok(liesIn(mounts, plan, '/srv/media.db'))
  t.notOk(liesIn(mounts, plan, '/srv/media/app.db'))
  t.ok(liesIn(mounts, plan, 'shop'), 'the name of a database is no path')
})
