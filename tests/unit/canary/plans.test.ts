import t from 'tap'
import { backupPromise, dumpHookOf, isBackedUp, type Held } from '../../../lib/backup/promise.js'
import {
  planDatabases,
  rowsExcluded,
  rowsNotPromised,
  type DatabasePlan,
} from '../../../lib/canary/database-plan.js'
import { fileNotPromised } from '../../../lib/canary/file-spot.js'
import { planVolumes } from '../../../lib/canary/volume-plan.js'
import type { ServiceFacts } from '../../../lib/domain/stack-facts.js'
import { createRandom } from '../../support/random.js'
import { randomSkips, randomStack } from '../../support/random-stack.js'
import { service } from '../../support/stack-facts.js'

const STACKS = Array.from({ length: 2000 }, (_, seed) => {
  const random = createRandom(seed)
  return { seed, services: randomStack(random), skips: randomSkips(random) }
})
type Stack = (typeof STACKS)[number]

/** The first stack for which a law does not hold; undefined: it holds for all. */
const broken = (law: (stack: Stack) => boolean): number | undefined =>
  STACKS.find(stack => !law(stack))?.seed

const mountsOf = (services: readonly ServiceFacts[], volume: string) =>
  services.flatMap(({ mounts }) => mounts.filter(mount => mount.volume === volume))
const lastFolder = (target: string) => target.replace(/\/+$/, '').split('/').at(-1) ?? ''
const READ_FILE_BY_FILE = ['conf.d', 'plugins', 'modules', 'hooks.d']

t.test('every named volume has one plan, however often it is mounted', async t => {
  const law = ({ services, skips }: Stack) => {
    const named = new Set(services.flatMap(({ mounts }) => mounts.map(({ volume }) => volume)))
    const planned = planVolumes(services, skips).map(({ volume }) => volume)
    return planned.length === named.size && planned.every(volume => named.has(volume))
  }
  t.equal(broken(law), undefined)
})

t.test('a file is put only where it can be written, is ours and can break nothing', async t => {
  const law = ({ services, skips }: Stack) =>
    planVolumes(services, skips).every(({ volume, short, refused }) => {
      const mounts = mountsOf(services, volume)
      const may =
        volume === `stack_${short}` &&
        mounts.some(({ readOnly }) => !readOnly) &&
        mounts.some(({ target }) => !READ_FILE_BY_FILE.includes(lastFolder(target))) &&
        skips[short] === undefined
      return (refused === undefined) === may && refused !== ''
    })
  t.equal(broken(law), undefined)
})

t.test('the plan of a volume does not depend on the order of the services', async t => {
  const refusals = (services: readonly ServiceFacts[], skips: Stack['skips']) =>
    planVolumes(services, skips)
      .map(({ volume, refused }) => `${volume} ${String(refused === undefined)}`)
      .sort()
      .join()
  const law = ({ services, skips }: Stack) =>
    refusals(services, skips) === refusals(services.toReversed(), skips)
  t.equal(broken(law), undefined)
})

t.test(
  'a file is promised back exactly where the whole volume is backed up and takes one',
  async t => {
    const law = ({ services }: Stack) =>
      planVolumes(services, {}).every(({ volume, refused }) => {
        const promised = fileNotPromised({ services }, volume) === undefined
        const whole = backupPromise(services, volume).kind === 'whole'
        return promised === (whole && refused === undefined)
      })
    t.equal(broken(law), undefined)
  },
)

const server = ({ dialect }: DatabasePlan) => dialect.kind !== 'sqlite'

t.test('a service is one database at most, and rows go only into a volume of ours', async t => {
  const law = ({ services, skips }: Stack) => {
    const plans = planDatabases(services, skips)
    const once = new Set(plans.map(plan => plan.service)).size === plans.length
    return (
      once &&
      plans.every(
        ({ refused, mounts }) =>
          refused !== undefined || mounts.some(({ volume }) => volume.startsWith('stack_')),
      )
    )
  }
  t.equal(broken(law), undefined)
  t.ok(STACKS.some(({ services }) => planDatabases(services, {}).some(server)))
})

t.test('a skip is obeyed whether it names the service or the volume', async t => {
  const law = ({ services, skips }: Stack) =>
    planDatabases(services, skips).every(
      ({ service: name, refused, mounts }) =>
        ![name, ...mounts.map(({ volume }) => volume.slice('stack_'.length))].some(
          key => skips[key] !== undefined,
        ) || refused === 'on purpose',
    )
  t.equal(broken(law), undefined)
})

t.test('rows are promised only where something of them is in the backup', async t => {
  const law = ({ services }: Stack) =>
    planDatabases(services, {}).every(plan => {
      if (rowsNotPromised({ services }, plan, undefined) !== undefined) return true
      const whole = plan.mounts.some(
        ({ volume }) => backupPromise(services, volume).kind === 'whole',
      )
      return whole || services.some(each => dumpHookOf(each) !== '')
    })
  t.equal(broken(law), undefined)
  const without = ({ services }: Stack) =>
    services.some(isBackedUp) ||
    planDatabases(services, {}).every(
      plan => rowsNotPromised({ services }, plan, undefined) !== undefined,
    )
  t.equal(broken(without), undefined, 'and never without a label')
})

t.test('what is promised back is never called worth nothing', async t => {
  const law = ({ services }: Stack) =>
    planDatabases(services, {}).every(
      plan =>
        !rowsExcluded(services, plan, undefined) ||
        rowsNotPromised({ services }, plan, undefined) !== undefined,
    )
  t.equal(broken(law), undefined)
})

const REDIS = {
  image: 'redis:7',
  mounts: [{ volume: 'stack_q', target: '/data', readOnly: false }],
}
const ON = { 'backupbot.backup': 'true' }

t.test(
  'a Redis without a hook of its own is a cache in a restore, without a volume always',
  async t => {
    const promised = (labels: Record<string, string>) => {
      const services = [service('redis', { ...REDIS, labels })]
      const [plan] = planDatabases(services, {})
      return plan !== undefined && rowsNotPromised({ services }, plan, '0') === undefined
    }
    t.notOk(promised(ON))
    t.ok(promised({ ...ON, 'backupbot.backup.pre-hook': 'redis-cli save' }))
    const [bare] = planDatabases([service('redis', { image: 'redis:7' })], {})
    t.match(bare?.refused, /not a named volume/)
  },
)

t.test('rows in a file are promised by the volume that the file lies in', async t => {
  const mounts = [
    { volume: 'stack_cache', target: '/srv', readOnly: false },
    { volume: 'stack_data', target: '/srv/data', readOnly: false },
  ]
  const reason = (labels: Record<string, string>, file: string) => {
    const services = [service('app', { mounts, labels: { ...ON, ...labels } })]
    const [plan] = planDatabases(services, {})
    return plan && rowsNotPromised({ services }, plan, file)
  }
  const out = { 'backupbot.backup.volumes.data': 'false' }
  t.equal(reason({}, '/srv/data/app.db'), undefined)
  t.match(reason(out, '/srv/data/app.db'), /not in the backup/)
  t.equal(reason(out, '/srv/app.db'), undefined, 'it lies in the other volume')
  const only = { 'backupbot.backup.volumes.data.path': 'app.db,sub' }
  t.equal(reason(only, '/srv/data/app.db'), undefined, 'the file itself is named')
  t.equal(reason(only, '/srv/data/sub/app.db'), undefined)
  t.match(reason(only, '/srv/data/app.db.old'), /not in the backup/)
})

const DB = (labels: Record<string, string>) =>
  service('db', {
    image: 'postgres:15',
    labels,
    mounts: [{ volume: 'stack_db', target: '/var/lib/postgresql/data', readOnly: false }],
  })
const LEFT_OUT = new Set(['stack_data'])
const UPLOADS = [{ volume: 'stack_data', target: '/srv/data', readOnly: false }]
/** Why rows of `db` are not expected back; undefined: they are. */
const rowsOf = (db: ServiceFacts, appLabels: Record<string, string>, held?: Held) => {
  const services = [service('app', { mounts: UPLOADS, labels: appLabels }), db]
  const plan = planDatabases(services, {}).find(each => each.service === 'db')
  return plan === undefined ? 'no database' : rowsNotPromised({ services, held }, plan, 'notes')
}

t.test('a database is in the backup where only another service turns backups on', async t => {
  const hook = { 'backupbot.backup.pre-hook': 'pg_dump notes >/var/lib/postgresql/data/b.sql' }
  const path = { 'backupbot.backup.volumes.db.path': 'b.sql' }
  t.equal(rowsOf(DB({ ...hook, ...path }), ON), undefined)
  t.equal(rowsOf(DB({ ...hook, ...path }), ON, LEFT_OUT), undefined, 'whatever the bot does')
  t.equal(rowsOf(DB(hook), ON, LEFT_OUT), undefined)
  t.equal(rowsOf(DB({}), ON), undefined, 'its volume is in as a whole')
  t.match(rowsOf(DB({}), ON, LEFT_OUT), /not in the backup/, 'this bot left it out')
  t.match(rowsOf(DB(path), ON), /not in the backup/, 'a path without a dump')
  t.match(rowsOf(DB(hook), {}), /no service is labelled/)
})

t.test('a file in a volume that the bot left out is not expected back', async t => {
  const services = [service('app', { mounts: UPLOADS, labels: ON }), DB({})]
  const why = (held?: Held) => fileNotPromised({ services, held }, 'stack_db')
  t.equal(why(), undefined)
  t.equal(why(new Set(['stack_db'])), undefined)
  t.match(why(LEFT_OUT), /no label/)
})
