import t from 'tap'
import { findDoom } from '../../../lib/swarm/doomed.js'
import { ended, historyOf, look, NOTHING, service, task } from '../../support/stack-facts.js'

const app = service('app')

const refused = (errors: readonly string[]) =>
  errors.map((error, at) =>
    task('app', `r${at}`, { state: 'rejected', desiredState: 'shutdown', error, createdAtMs: at }),
  )
const doomOf = (errors: readonly string[]) =>
  findDoom(historyOf([look(1, { services: [app], tasks: refused(errors) })]))

// prettier-ignore
const WORDS = [
  "invalid mount path: 'data' mount path must be absolute",
  'No command specified',
  'invalid CapAdd: unknown capability: "CAP_FLY"',
  'invalid mount config for type "bind": bind source path does not exist: /srv/config',
]
for (const error of WORDS) {
  t.test(`refused three times with "${error}"`, async t => {
    t.match(doomOf([error, error, error]), { class: 'not_converged', detail: error })
    t.equal(doomOf([error, error]), undefined, 'twice may pass')
    t.equal(doomOf([error, 'something else', error]), undefined, 'what differs may change')
  })
}

t.test('what ends by itself is a crash, and needs the others up', async t => {
  const ends = [0, 1, 2].map(at => ended('app', `t${at}`, { exitCode: 1, createdAtMs: at }))
  const db = service('db')
  const seen = look(1, { services: [app, db], tasks: [...ends, task('db', 'd', { state: 'new' })] })
  t.equal(findDoom(historyOf([seen])), undefined)
})

const back = service('app', {
  taskTemplateHash: 'one',
  update: { state: 'rollback_completed', startedAt: '2', message: 'rolled back' },
})
// prettier-ignore
const HOSTS = [
  ['starting container failed: listen tcp4 0.0.0.0:80: bind: address already in use', 'port_taken'],
  ['could not find an available IP while allocating VIP', 'addresses_exhausted'],
  ['mkdir /var/lib/docker/overlay2/x: no space left on device', 'disk_full'],
  ['No such image: nope:9', 'rolled_back'],
  ['task: non-zero exit (1)', 'rolled_back'],
] as const
for (const [error, expected] of HOSTS) {
  t.test(`rolled back after "${error}": ${expected}`, async t => {
    const before = { ...NOTHING, services: [app], tasks: [task('app', 'old')] }
    const tasks = [
      task('app', 'old'),
      task('app', 'new', { state: 'failed', desiredState: 'shutdown', error, createdAtMs: 1 }),
    ]
    const found = findDoom(historyOf([look(1, { services: [back], tasks })], before))
    t.equal(found?.class, expected)
    t.match(found?.detail, /rollback_completed/)
  })
}
