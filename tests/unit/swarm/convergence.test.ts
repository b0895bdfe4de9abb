import t from 'tap'
import type { StackFacts } from '../../../lib/domain/stack-facts.js'
import { waitingFor } from '../../../lib/swarm/convergence.js'
import {
  beginHistory,
  extendHistory,
  type Observation,
} from '../../../lib/swarm/convergence-history.js'
import {
  container,
  ended,
  HEALTHCHECK,
  look,
  NOTHING,
  service,
  task,
} from '../../support/stack-facts.js'

/** What is still waited for after these looks; the op returned at `opEndedMs`. */
function whys(
  before: StackFacts,
  looks: readonly Observation[],
  { opEndedMs = 1, expected = [] as readonly string[] } = {},
): readonly string[] {
  const start = { ...beginHistory(before, expected), opEndedMs }
  return waitingFor(looks.reduce(extendHistory, start)).map(each => each.why)
}

const healthy = (id: string, spec = 'one'): Partial<StackFacts> => ({
  tasks: [task('app', id, { specHash: spec })],
  containers: [container('app', id, 'healthy')],
})
const old: StackFacts = { ...NOTHING, services: [service('app')], ...healthy('old') }
const changed = (more = {}) => service('app', { taskTemplateHash: 'two', ...more })

t.test('a stack that has no services yet has not converged', async t => {
  t.strictSame(whys(NOTHING, [look(1, {})]), ['the stack has no services'])
})

t.test('a service that must exist and does not is waited for', async t => {
  const looks = [look(1, { services: [service('app')], ...healthy('a') })]
  t.strictSame(whys(NOTHING, looks, { expected: ['app', 'db'] }), ['the service does not exist'])
})

t.test('nothing has converged while the op still runs', async t => {
  const history = extendHistory(beginHistory(old), look(1, old))
  t.strictSame(
    waitingFor(history).map(each => each.why),
    ['the op has not returned'],
  )
})

t.test('N of N healthy tasks and no update: converged', async t => {
  t.strictSame(whys(NOTHING, [look(1, { services: [service('app')], ...healthy('a') })]), [])
})

t.test('0 of 0 counts', async t => {
  t.strictSame(whys(NOTHING, [look(1, { services: [service('cron', { replicas: 0 })] })]), [])
})

for (const health of ['starting', 'unhealthy'] as const) {
  t.test(`a running task whose container is ${health} does not count`, async t => {
    const facts = {
      services: [service('app')],
      tasks: [task('app', 'a')],
      containers: [container('app', 'a', health)],
    }
    t.match(whys(NOTHING, [look(1, facts)]), [/^0\/1 running/])
  })
}

t.test('a task without a health check counts once it has run for a moment', async t => {
  const facts = {
    services: [service('app')],
    tasks: [task('app', 'a')],
    containers: [container('app', 'a', 'none')],
  }
  t.match(whys(NOTHING, [look(100, facts)]), [/not for long enough/])
  t.match(whys(NOTHING, [look(100, facts), look(1500, facts)]), [/not for long enough/])
  t.strictSame(whys(NOTHING, [look(100, facts), look(1600, facts)]), [])
})

t.test('after a crash it must run longer than the crashed attempt did', async t => {
  const services = [service('app')]
  const first = task('app', 'a')
  const died = ended('app', 'a', { exitCode: 3 })
  const second = task('app', 'b', { createdAtMs: 1 })
  const looks = [
    look(100, { services, tasks: [first] }),
    look(4100, { services, tasks: [died, second] }),
  ]
  t.match(whys(NOTHING, [...looks, look(8100, { services, tasks: [died, second] })]), [
    /not for long enough/,
  ])
  t.strictSame(whys(NOTHING, [...looks, look(10_200, { services, tasks: [died, second] })]), [])
})

t.test('a deploy that changes no task template waits for no update', async t => {
  t.strictSame(whys(old, [look(1, old)]), [])
})

t.test('N of N of the old spec is no convergence when the template changed', async t => {
  const facts = { services: [changed()], ...healthy('old') }
  t.strictSame(whys(old, [look(2, facts)]), ['the update has not begun'])
  t.match(whys(old, [look(40_000, facts)]), [/^0\/1/], 'also after the grace: the task is stale')
})

t.test(
  'a stale "completed" from the update before is not taken for the end of this one',
  async t => {
    const update = { state: 'completed', startedAt: 'yesterday', message: '' }
    const before = { ...old, services: [service('app', { update })] }
    const facts = { services: [changed({ update })], ...healthy('new', 'two') }
    t.strictSame(whys(before, [look(2, facts)]), ['the update has not begun'])
  },
)

t.test('an update that has ended with new tasks is convergence', async t => {
  const update = { state: 'completed', startedAt: 'now', message: '' }
  t.strictSame(
    whys(old, [look(2, { services: [changed({ update })], ...healthy('new', 'two') })]),
    [],
  )
})

t.test('an update that never begins is given up after 30 s if new tasks run', async t => {
  const facts = { services: [changed()], ...healthy('new', 'two') }
  t.strictSame(whys(old, [look(29_000, facts)]), ['the update has not begun'])
  t.strictSame(whys(old, [look(30_001, facts)]), [])
})

for (const state of ['updating', 'rollback_started']) {
  t.test(`"${state}" is waited for, however many tasks run`, async t => {
    const update = { state, startedAt: 'now', message: '' }
    const facts = { services: [changed({ update })], ...healthy('new', 'two') }
    t.match(whys(old, [look(2, facts)]), [/^update is/])
  })
}

for (const state of ['paused', 'rollback_paused', 'completed', 'rollback_completed']) {
  t.test(`an old "${state}" is settled`, async t => {
    const update = { state, startedAt: 'yesterday', message: '' }
    const facts = { ...old, services: [service('app', { update })] }
    t.strictSame(whys(facts, [look(2, facts)]), [])
  })
}

t.test('a global service is given a moment to get its tasks', async t => {
  const services = [service('agent', { mode: 'global', replicas: null })]
  t.strictSame(whys(NOTHING, [look(1000, { services })]), ['no task yet'])
  t.strictSame(whys(NOTHING, [look(5_100, { services })]), [])
})

t.test('a job that ended with 0 and is not to be restarted is done', async t => {
  const services = [service('migrate', { restart: 'on-failure' })]
  t.strictSame(
    whys(NOTHING, [look(1, { services, tasks: [ended('migrate', 'a', { exitCode: 0 })] })]),
    [],
  )
  const always = [service('migrate', { restart: 'any' })]
  t.match(
    whys(NOTHING, [look(1, { services: always, tasks: [ended('migrate', 'a', { exitCode: 0 })] })]),
    [/^0\/1/],
  )
  t.match(whys(NOTHING, [look(1, { services, tasks: [ended('migrate', 'a', { exitCode: 1 })] })]), [
    /^0\/1/,
  ])
})

t.test('a job that the op has changed is not done by what it did before', async t => {
  const job = (more = {}) => service('migrate', { restart: 'none', ...more })
  const first = ended('migrate', 'a', { exitCode: 0 })
  const before = { ...NOTHING, services: [job()], tasks: [first] }
  t.strictSame(whys(before, [look(1, before)]), [], 'an op that leaves it alone')
  const now = { services: [job({ taskTemplateHash: 'two' })], tasks: [first] }
  t.match(whys(before, [look(1, now)]), [/^0\/1/])
  const failed = ended('migrate', 'b', { exitCode: 1, specHash: 'two' })
  t.match(whys(before, [look(1, { ...now, tasks: [first, failed] })]), [/^0\/1/])
  const second = ended('migrate', 'b', { exitCode: 0, specHash: 'two' })
  t.strictSame(whys(before, [look(1, { ...now, tasks: [first, second] })]), [])
})

t.test('an old failed task beside a good one changes nothing', async t => {
  const services = [service('app', { healthcheck: HEALTHCHECK })]
  const dead = ended('app', 'dead', { exitCode: 1, error: 'error while removing network' })
  const before = { ...NOTHING, services, tasks: [dead] }
  const facts = {
    services,
    tasks: [dead, task('app', 'a')],
    containers: [container('app', 'a', 'healthy')],
  }
  t.strictSame(whys(before, [look(1, facts)]), [])
})

t.test('a replaced replica is waited for while it still runs, as it may still answer', async t => {
  const leaving = task('app', 'old', { desiredState: 'shutdown' })
  const services = [changed({ update: { state: 'completed', startedAt: 'b', message: '' } })]
  const facts = { ...healthy('new', 'two'), services }
  const both = { ...facts, tasks: [leaving, ...(facts.tasks ?? [])] }
  t.match(whys(old, [look(100, both)]), [/replaced replica has not ended/])
  t.strictSame(whys(old, [look(100, both), look(5_000, facts)]), [])
  t.strictSame(whys(old, [look(61_000, both)]), [], 'a node that is away never tells the end')
  const long = { ...old, tasks: [leaving] }
  t.strictSame(whys(long, [look(100, both)]), [], 'who was leaving before is none of this op')
})
