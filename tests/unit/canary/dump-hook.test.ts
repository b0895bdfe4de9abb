import t from 'tap'
import { planDatabases, rowsExcluded, rowsNotPromised } from '../../../lib/canary/database-plan.js'
import type { ServiceFacts } from '../../../lib/domain/stack-facts.js'
import { service } from '../../support/stack-facts.js'

const HOOK = 'backupbot.backup.pre-hook'
const ON = { 'backupbot.backup': 'true' }
const out = (volume: string) => ({ [`backupbot.backup.volumes.${volume}`]: 'false' })
const path = (volume: string) => ({ [`backupbot.backup.volumes.${volume}.path`]: 'dump.sql' })
type Labels = Readonly<Record<string, string>>

const mount = (name: string, target: string) => ({
  volume: `stack_${name}`,
  target,
  readOnly: false,
})
const app = (labels: Labels, ...more: ServiceFacts['mounts']) =>
  service('app', {
    labels: { ...ON, ...labels },
    mounts: [mount('uploads', '/srv/uploads'), ...more],
  })
const server = (name: string, image: string, labels: Labels = {}) =>
  service(name, { image, labels, mounts: [mount(name, TARGETS[image] ?? '/data')] })
const TARGETS: Readonly<Record<string, string>> = {
  'postgres:15': '/var/lib/postgresql/data',
  'mariadb:11': '/var/lib/mysql',
  'mongo:7': '/data/db',
}

/** Whether rows of a service's database are expected back, and whether they are worth nothing. */
const expected = (of: string, services: readonly ServiceFacts[], database = 'notes') => {
  const plan = planDatabases(services, {}).find(each => each.service === of)
  if (plan === undefined) throw new Error(`"${of}" is no database`)
  return {
    back: rowsNotPromised({ services }, plan, database) === undefined,
    excluded: rowsExcluded(services, plan, database),
  }
}

t.test('a hook elsewhere dumps only the kind of database that its tool reads', async t => {
  const tools = {
    'postgres:15': ['pg_dump -h $HOST', 'pg_dumpall'],
    'mariadb:11': ['mysqldump --all-databases', 'mariadb-dump notes'],
    'mongo:7': ['mongodump --archive'],
  }
  for (const [image, own] of Object.entries(tools))
    for (const hook of [...Object.values(tools).flat(), '/backup.sh', 'cp a dump']) {
      const services = [app({ [HOOK]: hook }), server('db', image, path('db'))]
      t.equal(expected('db', services).back, own.includes(hook), `${hook}, ${image}`)
    }
})

t.test('the dump of a server beside it is none of a cache that is left out', async t => {
  const pg = server('db', 'postgres:15', { ...path('db'), [HOOK]: 'pg_dump notes >dump.sql' })
  const cached = [app(out('cache'), mount('cache', '/srv/cache')), pg]
  const file = '/srv/cache/cache.db'
  t.strictSame(expected('app', cached, file), { back: false, excluded: true })
  const remote = { ...out('cache'), [HOOK]: 'pg_dump -h db notes >/srv/uploads/dump.sql' }
  const own = [app(remote, mount('cache', '/srv/cache')), server('db', 'postgres:15', path('db'))]
  t.strictSame(expected('app', own, file), { back: false, excluded: true }, 'its hook is for db')
  t.ok(expected('db', own).back)
})

t.test(
  'a database that is left out is dumped by its own hook, or by one that names it',
  async t => {
    const dump = (name: string, more: Labels = {}) =>
      server(name, 'mariadb:11', { ...path(name), [HOOK]: 'mysqldump notes >dump.sql', ...more })
    const stats = server('stats', 'mariadb:11', out('stats'))
    t.strictSame(expected('stats', [app({}), dump('db'), stats]), { back: false, excluded: true })
    t.ok(expected('db', [app({}), dump('db'), stats]).back)
    const by = (hook: string) => expected('stats', [app({ [HOOK]: hook }), dump('db'), stats])
    t.strictSame(by('mysqldump notes'), { back: false, excluded: true })
    t.strictSame(by('mysqldump -h stats notes'), { back: true, excluded: false })
    t.ok(by('mysqldump --host=stack_stats notes').back)
    t.notOk(by('mysqldump -hdb notes').back)
    const own = server('stats', 'mariadb:11', { ...out('stats'), [HOOK]: '/dump.sh' })
    t.ok(
      expected('stats', [app({}), { ...own, mounts: [...own.mounts, mount('dumps', '/d')] }]).back,
    )
  },
)

t.test('a server dumps itself, and a hook that names another dumps that one', async t => {
  const stats = server('stats', 'postgres:15', path('stats'))
  const pg = (hook: string) => server('db', 'postgres:15', { ...path('db'), [HOOK]: hook })
  t.notOk(expected('stats', [app({}), pg('pg_dump notes'), stats]).back)
  t.ok(expected('stats', [app({}), pg('pg_dump -h stats notes'), stats]).back)
  const by = (hook: string) => expected('stats', [app({ [HOOK]: hook }), stats, pg('')]).back
  t.notOk(by('pg_dump "postgresql://me:secret@db:5432/notes"'))
  t.ok(by('pg_dump "postgresql://me:secret@stats/notes"'))
  t.ok(by('pg_dump -h elsewhere notes'), 'an alias, for all that is known')
})

t.test('a file is dumped by a service that mounts its volume', async t => {
  const data = mount('data', '/srv/data')
  const writer = service('writer', { mounts: [data], labels: path('data') })
  const found = (...more: ServiceFacts['mounts']) =>
    expected('writer', [app({ [HOOK]: 'sqlite3 a.db .dump' }, ...more), writer], '/srv/data/a.db')
  t.ok(found(data).back)
  t.notOk(found().back)
})

t.test('the only server of its kind is what a tool means, whatever it calls it', async t => {
  const proxy = service('pgbouncer', { image: 'edoburu/pgbouncer:1.23' })
  const sidecar = server('dumper', 'postgres:15')
  const db = server('db', 'postgres:15', out('db'))
  const by = (hook: string, ...more: readonly ServiceFacts[]) =>
    expected('db', [app({ [HOOK]: `${hook} >/srv/uploads/dump.sql` }), proxy, db, ...more])
  const meant = { back: true, excluded: false }
  t.strictSame(by('pg_dump "$DATABASE_URL"'), meant)
  t.strictSame(by('pg_dump -h "$DB_HOST" -U me notes'), meant)
  t.strictSame(by('PGHOST=db pg_dump notes'), meant)
  t.strictSame(by('pg_dump -h database notes'), meant, 'an alias')
  t.strictSame(by('pg_dump -h pgbouncer -p 6432 notes'), meant, 'no server, but a way to it')
  const idle = { ...sidecar, mounts: [mount('dumps', '/dumps')] }
  t.strictSame(by('pg_dump notes', idle), meant, 'a client with the image of a server')
  const two = server('stats', 'postgres:15', out('stats'))
  t.notOk(by('pg_dump "$DATABASE_URL"', two).back, 'it may mean the other')
})

t.test('what the tool of the app itself may dump is worth something', async t => {
  const db = server('db', 'mariadb:11', out('db'))
  const cache = server('cache', 'redis:7', out('cache'))
  const judged = (hook: string, ...more: readonly ServiceFacts[]) =>
    expected('db', [app({ [HOOK]: hook }), db, cache, ...more])
  for (const hook of ['drush sql-dump >/srv/uploads/d.sql', 'manage.py dumpdata', '/backup.sh'])
    t.strictSame(judged(hook), { back: false, excluded: false }, hook)
  t.ok(judged('').excluded, 'no hook')
  t.ok(judged('sqlite3 a.db .dump').excluded, 'the tool of another kind')
  t.ok(judged('/backup.sh', server('pg', 'postgres:15')).excluded, 'the other may be meant')
  const bare = service('web', { labels: { ...ON, [HOOK]: '/backup.sh' } })
  t.ok(judged('', bare).excluded, 'nothing of it is in the backup')
  t.ok(expected('cache', [app({ [HOOK]: '/backup.sh' }), cache], '0').excluded, 'a cache')
  t.ok(expected('db', [server('cache', 'redis:7', { ...ON, [HOOK]: '/x' }), db]).excluded)
})
