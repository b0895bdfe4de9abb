import t from 'tap'
import type { ServiceFacts, TaskFacts } from '../../../lib/domain/stack-facts.js'
import { decide } from '../../../lib/swarm/convergence-verdict.js'
import { extendHistory, type Observation } from '../../../lib/swarm/convergence-history.js'
import { ended, historyOf, look, service, task } from '../../support/stack-facts.js'

const app = service('app')
const job = service('migrate', { mode: 'replicated-job', restart: 'none' })
/** The Engine's word for a task of a job that runs: it is to become complete. */
const works = task('migrate', 'm', { desiredState: 'complete' })
const done = ended('migrate', 'm', { exitCode: 0, desiredState: 'complete' })

/** The first verdict that these looks come to, and when. */
function said(looks: readonly Observation[]): string {
  let history = historyOf([])
  for (const each of looks) {
    history = extendHistory(history, each)
    const verdict = decide(history)
    if (verdict.kind === 'doomed') return `${verdict.doom.class} at ${each.atMs}`
    if (verdict.kind === 'converged') return `converged at ${each.atMs}`
  }
  return 'waiting'
}

/** The app ends every six seconds until the migration is done, which takes this long, and with `stays` no more after it. */
function besideMigration(
  migrate: ServiceFacts,
  { doneMs, stays, untilMs }: { doneMs: number; stays: boolean; untilMs: number },
): readonly Observation[] {
  const isJob = migrate.mode === 'replicated-job'
  const services = [app, migrate]
  const looks: Observation[] = []
  const past: TaskFacts[] = []
  for (let atMs = 100; atMs < untilMs; atMs += 6000) {
    const id = `t${atMs}`
    const first =
      atMs < doneMs
        ? { ...works, desiredState: isJob ? 'complete' : 'running' }
        : { ...done, desiredState: isJob ? 'complete' : 'shutdown' }
    const alive = task('app', id, { createdAtMs: atMs })
    const starting = { ...alive, state: 'starting' }
    looks.push(look(atMs, { services, tasks: [...past, first, starting] }))
    if (stays && atMs >= doneMs) {
      const later = [500, 20_000].map(ms =>
        look(atMs + ms, { services, tasks: [...past, first, alive] }),
      )
      return [...looks, ...later]
    }
    past.push(ended('app', id, { exitCode: 1, createdAtMs: atMs }))
    looks.push(look(atMs + 900, { services, tasks: [...past, first] }))
  }
  return looks
}

// prettier-ignore
const MIGRATIONS = [
  ['a job', job],
  ['a service that is not restarted', service('migrate', { restart: 'none' })],
  ['a service that is restarted when it fails', service('migrate', { restart: 'on-failure' })],
] as const
for (const [what, migrate] of MIGRATIONS) {
  t.test(`an app that ends until ${what} is done is not doomed`, async t => {
    const looks = besideMigration(migrate, { doneMs: 60_000, stays: true, untilMs: 90_000 })
    t.match(said(looks), /^converged/)
  })

  t.test(`one that goes on ending after ${what} is done is`, async t => {
    const looks = besideMigration(migrate, { doneMs: 60_000, stays: false, untilMs: 110_000 })
    t.equal(said(looks), 'crash_loop at 79000', 'three ends after it')
  })
}

t.test('what may be its migration counts as up after two minutes, a server at once', async t => {
  const beside = (more: Partial<ServiceFacts>) => {
    const worker = service('worker', { restart: 'on-failure', ...more })
    const looks = besideMigration(worker, { doneMs: 1e9, stays: false, untilMs: 200_000 })
    const own = (of: TaskFacts) => (of.id === 'm' ? { ...of, serviceId: 'id-worker' } : of)
    return said(looks.map(each => ({ ...each, tasks: each.tasks.map(own) })))
  }
  t.equal(beside({}), 'crash_loop at 133000')
  t.equal(beside({ image: 'other:1' }), 'crash_loop at 37000', 'twenty seconds, then three ends')
})

t.test('a job that runs is not N of N', async t => {
  for (const desiredState of ['complete', 'running']) {
    const tasks = [{ ...works, desiredState }]
    const looks = [100, 3000, 40_000].map(atMs => look(atMs, { services: [job], tasks }))
    t.equal(said(looks), 'waiting', desiredState)
  }
})

t.test('one that completes is, at once', async t => {
  const looks = [works, done].map((each, at) =>
    look(100 + at * 900, { services: [job], tasks: [each] }),
  )
  t.equal(said(looks), 'converged at 1000')
})

t.test('of several completions none may be missing', async t => {
  const twice = { ...job, replicas: 2 }
  const second = { ...done, id: 'n', slot: 2 }
  const two = (last: TaskFacts) => said([look(100, { services: [twice], tasks: [done, last] })])
  t.equal(two({ ...second, state: 'running', exitCode: undefined }), 'waiting')
  t.equal(two(second), 'converged at 100')
})

t.test('one that fails late is doomed as soon as Swarm has given it up', async t => {
  const failed = ended('migrate', 'm', { exitCode: 3 })
  const running = [100, 3000].map(atMs => look(atMs, { services: [job], tasks: [works] }))
  const over = [40_000, 50_500].map(atMs => look(atMs, { services: [job], tasks: [failed] }))
  t.equal(said([...running, ...over]), 'crash_loop at 50500')
})

t.test('a service with condition on-failure that stays converges as any other one', async t => {
  const worker = service('app', { restart: 'on-failure' })
  const looks = [100, 1700].map(atMs =>
    look(atMs, { services: [worker], tasks: [task('app', 'a')] }),
  )
  t.equal(said(looks), 'converged at 1700')
})

t.test('a job on each node has not come to its end before Swarm has made its tasks', async t => {
  const services = [service('each', { mode: 'global-job', replicas: null })]
  const at = (...moments: readonly number[]) =>
    decide(historyOf(moments.map(atMs => look(atMs, { services })))).kind
  t.equal(at(3_000), 'waiting')
  t.equal(at(3_000, 5_500), 'converged', 'as with any global service that fits no node')
})
