import t from 'tap'
import type { ServiceFacts, StackFacts, TaskFacts } from '../../../lib/domain/stack-facts.js'
import type { Observation } from '../../../lib/swarm/convergence-history.js'
import { findDoom } from '../../../lib/swarm/doomed.js'
import {
  container,
  ended,
  HEALTHCHECK,
  historyOf,
  look,
  service,
  task,
} from '../../support/stack-facts.js'

const DATA = { volume: 'stack_data', target: '/var/lib/postgresql/data', readOnly: false }
const app = service('app')
const worker = service('worker')
const db = service('db', { healthcheck: HEALTHCHECK, image: 'postgres:15', mounts: [DATA] })

const exits = (of: string, ...codes: number[]) =>
  codes.map((exitCode, at) => ended(of, `${of}${at}`, { exitCode, createdAtMs: at }))

/** The n-th attempts of all services begin together and end a second later; the next ones follow after `everyMs`. */
function attempts(
  services: readonly ServiceFacts[],
  ends: readonly (readonly TaskFacts[])[],
  { everyMs = 6000, firstMs = 30_000, ...others }: Partial<StackFacts & Pace> = {},
): readonly Observation[] {
  const { tasks = [], containers = [] } = others
  const rounds = Math.max(...ends.map(({ length }) => length))
  return Array.from({ length: rounds }).flatMap((_, round) => {
    const past = ends.flatMap(each => each.slice(0, round))
    const present = ends.flatMap(each => each.slice(round, round + 1))
    const alive = present.map(each => ({
      ...each,
      state: 'starting',
      desiredState: 'running',
      exitCode: undefined,
      error: '',
    }))
    const at = firstMs + round * everyMs
    return [
      look(at, { services, containers, tasks: [...tasks, ...past, ...alive] }),
      look(at + 900, { services, containers, tasks: [...tasks, ...past, ...present] }),
    ]
  })
}
type Pace = { readonly everyMs: number; readonly firstMs: number }

function doomOf(looks: readonly Observation[]) {
  const doom = findDoom(historyOf(looks))
  return doom && `${doom.class} ${doom.service.name}`
}

const five = [1, 1, 1, 1, 1] as const
const both = [app, worker]

t.test('an app and a worker that fail alike are not waiting for each other', async t => {
  const ends = (count: number) =>
    both.map(({ name }) => exits(name, ...Array.from<number>({ length: count }).fill(1)))
  t.equal(doomOf(attempts(both, ends(4))), undefined)
  t.equal(doomOf(attempts(both, ends(5))), 'crash_loop worker', '"app" is blamed last')
})

t.test('ends that differ say nothing', async t => {
  const ends = [exits('app', 1, 2, 1, 2, 1), exits('worker', ...five)]
  t.equal(doomOf(attempts(both, ends)), undefined)
})

t.test('a third one that is still coming up may be what they wait for', async t => {
  const slow = service('api', { healthcheck: HEALTHCHECK })
  const services = [...both, slow]
  const ends = both.map(({ name }) => exits(name, ...five))
  const starting = { tasks: [task('api', 'a', { state: 'starting' })] }
  t.equal(doomOf(attempts(services, ends, starting)), undefined)
  const up = { tasks: [task('api', 'a')], containers: [container('api', 'a', 'healthy')] }
  const looks = attempts(services, ends, starting)
  const last = looks.at(-1)?.tasks.filter(({ serviceId }) => serviceId !== 'id-api') ?? []
  const late = look(60_000, { ...up, services, tasks: [...last, ...up.tasks] })
  t.equal(doomOf([...looks, late]), undefined, 'nor has it been up for long enough')
  const early = look(1, { services, ...up })
  t.equal(doomOf([early, ...attempts(services, ends, up)]), 'crash_loop worker')
})

t.test('what has no health check must have run for a while', async t => {
  const plain = service('api')
  const services = [...both, plain]
  const ends = both.map(({ name }) => exits(name, ...five))
  const up = { tasks: [task('api', 'a')] }
  const quick = attempts(services, ends, { ...up, everyMs: 1500, firstMs: 2000 })
  t.equal(doomOf([look(1000, { services, ...up }), ...quick]), undefined)
})

t.test('a service that is up at last does not fail any more', async t => {
  const ends = both.map(({ name }) => exits(name, ...five))
  const tasks = [...ends.flat(), task('app', 'good', { createdAtMs: 9 })]
  const looks = attempts(both, ends)
  const last = look(61_000, { services: both, tasks })
  t.equal(doomOf([...looks.slice(0, -1), last]), undefined)
})

t.test('a database waits for nobody', async t => {
  const waiting = { tasks: [task('app', 'a', { state: 'starting' })] }
  const of = (count: number, name: string, look: Partial<ServiceFacts> = {}) =>
    doomOf(attempts([app, service(name, look)], [exits(name, ...five.slice(0, count))], waiting))
  const data = { mounts: [{ ...DATA, target: '/data' }] }
  t.equal(of(4, 'db', data), undefined)
  t.equal(of(5, 'db', data), 'crash_loop db', 'by its name')
  t.equal(of(5, 'store', { mounts: [DATA] }), 'crash_loop store', 'by where its volume is')
  t.equal(of(5, 'store', { ...data, image: 'redis:7' }), 'crash_loop store', 'by its image')
  t.equal(of(5, 'worker', data), undefined, 'what is none may wait for the app')
  t.equal(of(5, 'db'), undefined, 'nor does it hold any data without a volume')
  t.equal(of(5, 'ui', { ...data, image: 'x/mongo-express:1' }), undefined, 'has only its name')
})

t.test('a database whose health check fails is told beside an app that waits', async t => {
  const services = [service('app', { healthcheck: HEALTHCHECK }), db]
  const ends = exits('db', 0, 0)
  const waiting = { tasks: [task('app', 'a', { state: 'starting' })] }
  const looks = attempts(services, [ends], waiting)
  const noted = looks.map(each => ({
    ...each,
    notes: ends.map(({ id }) => ({ taskId: id, kind: 'unhealthy' as const })),
  }))
  t.equal(doomOf(noted), 'killed_unhealthy db')
  t.equal(doomOf(noted.slice(0, 2)), undefined, 'one kill is none')
})
