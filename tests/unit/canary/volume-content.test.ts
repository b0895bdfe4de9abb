import t from 'tap'
import { createCanaries } from '../../../lib/canary/canaries.js'
import { planDatabases } from '../../../lib/canary/database-plan.js'
import { contentElsewhere } from '../../../lib/canary/volume-content.js'
import { planVolumes } from '../../../lib/canary/volume-plan.js'
import { readStack } from '../../../lib/swarm/stack.js'
import { cannedStack } from '../../support/canned-stack.js'
import { service } from '../../support/stack-facts.js'

const mount = (name: string, options?: Readonly<Record<string, string>>, driver = 'local') => ({
  volume: `stack_${name}`,
  target: `/srv/${name}`,
  readOnly: false,
  ...(options === undefined ? {} : { driver: { name: driver, options } }),
})
const BOUND = { type: 'none', o: 'bind', device: '/srv/media' }
const OUTSIDE = 'its content lies outside of the Engine, at "/srv/media"'

// prettier-ignore
const ROWS: readonly [string, ReturnType<typeof mount>, RegExp | undefined][] = [
  ['a folder of the host', mount('v', BOUND), /outside of the Engine, at "\/srv\/media"/],
  ['a share of another host', mount('v', { type: 'nfs', o: 'addr=10.0.0.1,rw', device: ':/media' }), /outside of the Engine, at ":\/media"/],
  ['another driver', mount('v', {}, 'rclone'), /volume driver "rclone"/],
  ['memory', mount('v', { type: 'tmpfs', device: 'tmpfs', o: 'size=64m' }), /in memory/],
  ['a volume with a limit', mount('v', { o: 'size=1G' }), undefined],
  ['the driver that all have', mount('v', {}), undefined],
  ['no driver named', mount('v', {}, ''), undefined],
  ['no options at all', mount('v'), undefined],
]
for (const [law, where, says] of ROWS) {
  t.test(`where the content of a volume lies: ${law}`, async t => {
    if (says === undefined) t.equal(contentElsewhere(where), undefined)
    else t.match(contentElsewhere(where), says)
  })
}

t.test('no file is put where it would stay behind', async t => {
  const services = [
    service('app', { mounts: [mount('media', BOUND), mount('data')] }),
    service('worker', { mounts: [mount('media', BOUND)] }),
  ]
  t.match(planVolumes(services, {}), [
    { short: 'media', refused: OUTSIDE },
    { short: 'data', refused: undefined },
  ])
})

t.test('nor are rows', async t => {
  const target = '/var/lib/postgresql/data'
  const db = service('db', { image: 'postgres:15', mounts: [{ ...mount('media', BOUND), target }] })
  t.match(planDatabases([db], {}), [{ service: 'db', refused: OUTSIDE }])
  const shared = { ...mount('shared'), volume: 'shared' }
  const app = service('app', { mounts: [mount('media', BOUND), shared, mount('data')] })
  const [plan] = planDatabases([app], {})
  t.equal(plan?.refused, undefined)
  t.match(plan?.mounts, [{ volume: 'stack_data' }], 'files are looked for in the others')
  t.equal(plan?.mounts.length, 1)
  const only = service('app', { mounts: [mount('media', BOUND)] })
  t.match(planDatabases([only], {}), [{ refused: OUTSIDE }])
})

t.test('a run leaves nothing in it and says that it does not watch it', async t => {
  const sqlite = { media: 'app.db', data: 'app.db' }
  const { engine, stack, deploy, filesIn, writes } = cannedStack({ sqlite })
  const volumes = { media: '/srv/media', data: '/data' }
  deploy({ app: { volumes, options: { media: BOUND } } })
  const services = await readStack(engine, stack)
  const emit = () => undefined
  const meta = { canary: {} }
  const canaries = createCanaries({ engine, stack, runId: 'r', services, meta, emit })
  await canaries.write()
  t.strictSame([filesIn('media').size, filesIn('data').size, writes], [0, 1, ['data/app.db']])
  t.match(canaries.report()[0], { where: 'volume "media"', covered: false, reason: OUTSIDE })
})

t.test('a skip is told before the reason why it would be refused anyway', async t => {
  const services = [service('app', { mounts: [mount('media', BOUND)] })]
  const skips = { media: { skip: 'on purpose' } }
  t.match(planVolumes(services, skips), [{ refused: 'on purpose' }])
  t.match(planDatabases(services, skips), [{ refused: 'on purpose' }])
})
