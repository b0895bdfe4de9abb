import t from 'tap'
import type { StackFacts, TaskFacts } from '../../../lib/domain/stack-facts.js'
import type { Observation } from '../../../lib/swarm/convergence-history.js'
import { bestGuess, findDoom } from '../../../lib/swarm/doomed.js'
import { causeOf, NO_FINDINGS } from '../../../lib/swarm/doomed-cause.js'
import {
  container,
  ended,
  HEALTHCHECK,
  historyOf,
  look,
  NOTHING,
  service,
  task,
} from '../../support/stack-facts.js'

const doomOf = (looks: readonly Observation[], before = NOTHING) =>
  findDoom(historyOf(looks, before))?.class

/** A service whose task ends again and again: one look a life, six seconds apart. */
function lives(
  services: StackFacts['services'],
  ends: readonly TaskFacts[],
  others: Partial<StackFacts> = {},
) {
  const { tasks = [], containers = [] } = others
  return ends.flatMap(({ id, serviceId }, index) => {
    const dead = ends.slice(0, index)
    const alive = task(serviceId.slice(3), id, { state: 'starting', createdAtMs: index })
    return [
      look(index * 6000 + 30_000, { services, tasks: [...tasks, ...dead, alive], containers }),
      look(index * 6000 + 31_000, {
        services,
        tasks: [...tasks, ...ends.slice(0, index + 1)],
        containers,
      }),
    ]
  })
}

const app = service('app')
const db = service('db', { healthcheck: HEALTHCHECK })
const exits = (...codes: number[]) =>
  codes.map((code, index) => ended('app', `t${index}`, { exitCode: code, createdAtMs: index }))

t.test('three equal exits in a row doom a service that stands alone', async t => {
  t.equal(doomOf(lives([app], exits(3, 3))), undefined)
  t.equal(doomOf(lives([app], exits(3, 3, 3))), 'crash_loop')
})

t.test('exits that differ do not', async t => {
  t.equal(doomOf(lives([app], exits(3, 4, 3, 4))), undefined)
})

t.test('ending with 0 again and again is a crash loop too', async t => {
  t.equal(doomOf(lives([app], exits(0, 0, 0))), 'crash_loop')
})

t.test('an app that exits while its database is not up is not doomed', async t => {
  const starting = { tasks: [task('db', 'd', { state: 'starting' })] }
  t.equal(doomOf(lives([app, db], exits(1, 1, 1, 1, 1), starting)), undefined)
  const up = { tasks: [task('db', 'd')], containers: [container('db', 'd', 'healthy')] }
  const first = look(1, { services: [app, db], ...up })
  t.equal(doomOf([first, ...lives([app, db], exits(1, 1, 1), up)]), 'crash_loop')
})

t.test(
  'a database without a health check must have run for a while before an exit beside it counts',
  async t => {
    const plain = service('db')
    const up = { tasks: [task('db', 'd')] }
    const late = look(29_000, { services: [app, plain], ...up })
    const early = look(1, { services: [app, plain], ...up })
    t.equal(doomOf([late, ...lives([app, plain], exits(1, 1, 1), up)]), undefined)
    t.equal(doomOf([early, ...lives([app, plain], exits(1, 1, 1), up)]), 'crash_loop')
  },
)

t.test('a service of which nothing is to run is nobody that an app waits for', async t => {
  const services = [app, service('cron', { replicas: 0, restart: 'none' })]
  t.equal(doomOf([look(1, { services }), ...lives(services, exits(1, 1, 1))]), 'crash_loop')
})

t.test('three replicas that fail once each are no loop', async t => {
  const services = [service('app', { replicas: 3 })]
  const slots = [1, 2, 3].map(slot => ended('app', `s${slot}`, { exitCode: 3, slot }))
  const begun = slots.map(({ id, slot }) => task('app', id, { state: 'starting', slot }))
  t.equal(
    doomOf([look(1, { services, tasks: begun }), look(2, { services, tasks: slots })]),
    undefined,
  )
})

t.test('crashes from before the op do not count', async t => {
  const before = { ...NOTHING, services: [app], tasks: exits(3, 3, 3) }
  t.equal(
    doomOf([look(1, { services: [app], tasks: [...exits(3, 3, 3), task('app', 'new')] })], before),
    undefined,
  )
})

t.test('tasks that Swarm stopped for an update are no crashes', async t => {
  const stopped = exits(0, 0, 0).map(each => ({ ...each, state: 'shutdown' }))
  t.equal(doomOf(lives([app], stopped)), undefined)
})

t.test(
  'two containers stopped for failed health checks doom, whatever their exit code',
  async t => {
    const services = [service('app', { healthcheck: HEALTHCHECK })]
    const ends = exits(0, 0)
    const noted = lives(services, ends).map(each => ({
      ...each,
      notes: ends.map(({ id }) => ({ taskId: id, kind: 'unhealthy' as const })),
    }))
    t.equal(doomOf(noted), 'killed_unhealthy')
    t.equal(doomOf(noted.slice(0, 2)), undefined, 'one alone does not')
  },
)

t.test('two memory kills doom', async t => {
  const ends = exits(137, 137)
  const noted = lives([app], ends).map(each => ({
    ...each,
    notes: ends.map(({ id }) => ({ taskId: id, kind: 'oom' as const })),
  }))
  t.equal(doomOf(noted), 'oom')
})

const rejected = (error: string) =>
  [0, 1].map(index =>
    task('app', `r${index}`, {
      state: 'rejected',
      desiredState: 'shutdown',
      error,
      createdAtMs: index,
    }),
  )

// prettier-ignore
const REFUSALS = [
  ['No such image: nope:9', 'image_missing'],
  ['pull access denied for nope, repository does not exist', 'image_missing'],
  ['toomanyrequests: You have reached your pull rate limit', 'pull_limited'],
  ['Get "https://registry.example.org/v2/": dial tcp 1.2.3.4:443: connect: connection refused', 'registry_down'],
  ['mkdir /var/lib/docker/overlay2/x: no space left on device', 'disk_full'],
  ['secret reference "pw" not found', 'secret_missing'],
  ['could not find an available IP while allocating VIP', 'addresses_exhausted'],
  ['starting container failed: listen tcp4 0.0.0.0:80: bind: address already in use', 'port_taken'],
] as const
for (const [error, expected] of REFUSALS) {
  t.test(`rejected twice with "${error}": ${expected}`, async t => {
    t.equal(doomOf([look(1, { services: [app], tasks: rejected(error) })]), expected)
    t.equal(
      doomOf([look(1, { services: [app], tasks: rejected(error).slice(1) })]),
      undefined,
      'once may pass',
    )
  })
}

const stuck = task('app', 'n', { state: 'new' })
t.test('a task that stays new without a word has no address', async t => {
  const tasks = [stuck]
  t.equal(doomOf([1, 19_000].map(atMs => look(atMs, { services: [app], tasks }))), undefined)
  t.equal(
    doomOf([1, 20_500].map(atMs => look(atMs, { services: [app], tasks }))),
    'addresses_exhausted',
  )
})

const back = (state: string, startedAt = 'now') =>
  service('app', {
    taskTemplateHash: 'one',
    failureAction: 'rollback',
    update: { state, startedAt, message: 'm' },
  })

t.test('a rollback after our deploy is a failure, one from before is not', async t => {
  const tasks = [task('app', 'old')]
  const before = { ...NOTHING, services: [app], tasks }
  for (const state of ['rollback_completed', 'rollback_paused']) {
    t.equal(doomOf([look(1, { services: [back(state)], tasks })], before), 'rolled_back')
    t.equal(
      doomOf([look(1, { services: [back(state)], tasks })], { ...before, services: [back(state)] }),
      undefined,
    )
  }
})

t.test('the cause of a rollback shows how the new tasks ended', async t => {
  const before = { ...NOTHING, services: [app], tasks: [task('app', 'old')] }
  const tasks = [task('app', 'old'), ended('app', 'new', { exitCode: 4, createdAtMs: 1 })]
  const doom = findDoom(
    historyOf([look(1, { services: [back('rollback_completed')], tasks })], before),
  )
  t.ok(doom)
  if (doom === undefined) return
  const cause = causeOf(doom, { ...NO_FINDINGS, lastLine: 'boom' })
  t.match(cause, {
    class: 'rolled_back',
    sentence: /"app".*exit code 4/,
    evidence: /exit code 4.*boom/,
  })
})

t.test('an app that fails where nobody can write any more has not been judged', async t => {
  const crashed = [0, 1, 2].map(at => ended('app', `a${at}`, { exitCode: 5, createdAtMs: at }))
  const doom = findDoom(historyOf([look(9, { services: [app], tasks: crashed })]))
  t.ok(doom)
  if (doom === undefined) return
  t.equal(causeOf(doom, NO_FINDINGS).class, 'crash_loop')
  t.match(causeOf(doom, { ...NO_FINDINGS, fullDisk: '3 MB are free at "/x"' }), {
    class: 'disk_full',
    sentence: /"app".*disk of this host is full/,
    evidence: /exit code 5.*disk: 3 MB are free/,
  })
})

t.test('a rollback after nothing but failures of the Engine itself judges no recipe', async t => {
  const busy =
    'starting container failed: unable to remount dir as readonly: mount tmpfs:/x/mounts/secrets, flags: 0x21, data: uid=0,gid=0: device or resource busy'
  const before = { ...NOTHING, services: [app], tasks: [task('app', 'old')] }
  const failed = ended('app', 'new', { exitCode: 128, error: busy, createdAtMs: 1 })
  const found = (...more: TaskFacts[]) => {
    const tasks = [task('app', 'old'), failed, ...more]
    return findDoom(historyOf([look(1, { services: [back('rollback_completed')], tasks })], before))
  }
  const doom = found()
  t.ok(doom)
  if (doom === undefined) return
  t.match(causeOf(doom, NO_FINDINGS), {
    class: 'fault',
    sentence: /Engine failed once to start service "app".*device or resource busy/,
    fix: /not been judged/,
  })
  const own = ended('app', 'newer', { exitCode: 4, createdAtMs: 2 })
  t.equal(found(own)?.class, 'rolled_back', 'one end of its own and the recipe is judged')
})

t.test(
  'while Swarm may still roll back by itself, crashes wait for its verdict, but not for ever',
  async t => {
    const flying = service('app', {
      failureAction: 'rollback',
      update: { state: 'updating', startedAt: 'now', message: '' },
    })
    t.equal(doomOf(lives([flying], exits(3, 3, 3))), undefined)
    t.equal(doomOf(lives([flying], exits(3, 3, 3, 3, 3, 3))), 'crash_loop')
  },
)

t.test('a service that Swarm does not start again is doomed after its first crash', async t => {
  const services = [service('app', { restart: 'on-failure' })]
  const tasks = exits(5)
  t.equal(doomOf([look(1, { services, tasks }), look(9_000, { services, tasks })]), undefined)
  t.equal(doomOf([look(1, { services, tasks }), look(10_500, { services, tasks })]), 'crash_loop')
})

t.test(
  'at the deadline the database that crashes is blamed before the app that needs it',
  async t => {
    const services = [app, db]
    const tasks = [...exits(1, 1, 1), ended('db', 'd', { exitCode: 2 })]
    const guess = bestGuess(historyOf([look(1, { services, tasks })]))
    t.match(guess, { class: 'crash_loop', service: { name: 'db' } })
  },
)

t.test('every cause names the service, and says what was seen and what to do', async t => {
  const seen = [
    doomFor(lives([app], exits(3, 3, 3))),
    doomFor([look(1, { services: [app], tasks: rejected('No such image: nope:9') })]),
    doomFor([1, 20_500].map(atMs => look(atMs, { services: [app], tasks: [stuck] }))),
  ]
  for (const doom of seen) {
    const cause = causeOf(doom, NO_FINDINGS)
    t.match(cause, { sentence: /"app"/, evidence: /./, fix: /./ }, cause.class)
  }
})

function doomFor(looks: readonly Observation[]) {
  const doom = findDoom(historyOf(looks))
  if (doom === undefined) throw new Error('not doomed')
  return doom
}
