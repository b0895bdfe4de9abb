import t from 'tap'
import type { ServiceFacts, StackFacts, TaskFacts } from '../../../lib/domain/stack-facts.js'
import { decide } from '../../../lib/swarm/convergence-verdict.js'
import { ended, historyOf, look, NOTHING, service, task } from '../../support/stack-facts.js'

const update = { state: 'paused', startedAt: 'now', message: 'update paused due to failure' }
const app = (more: Partial<ServiceFacts> = {}) =>
  service('app', { taskTemplateHash: 'two', update, ...more })
const olds = [1, 2].map(slot => task('app', `old${slot}`, { slot }))
const fresh = (slot: number, id: string, more: Partial<TaskFacts> = {}) =>
  task('app', id, { slot, specHash: 'two', createdAtMs: 1, ...more })
const failed = (slot: number, id: string) =>
  ended('app', id, { slot, specHash: 'two', createdAtMs: 1, exitCode: 4 })

/** What is said of these tasks once nothing has changed for this long. */
function verdict(of: ServiceFacts, tasks: readonly TaskFacts[], ms = 10_500): string {
  const replicas = of.replicas ?? 1
  const before: StackFacts = {
    ...NOTHING,
    services: [service('app', { replicas, update: { ...update, startedAt: 'before' } })],
    tasks: olds.slice(0, replicas),
  }
  const looks = [100, 100 + ms].map(atMs => look(atMs, { services: [of], tasks }))
  const said = decide(historyOf(looks, before))
  if (said.kind === 'doomed') return said.doom.class
  return said.kind === 'waiting' ? said.for.map(each => each.why).join() : said.kind
}

t.test('the old task that start-first has left hides no new one that is given up', async t => {
  const tasks = [...olds.slice(0, 1), failed(1, 'a')]
  for (const state of ['paused', 'completed', 'updating']) {
    const of = app({ restart: 'none', update: { ...update, state } })
    t.equal(verdict(of, tasks), 'crash_loop', state)
    t.match(verdict(of, tasks, 9_000), /^0\/1|^update is in progress/)
  }
  const held = app({ restart: 'none', failureAction: 'rollback' })
  const flying = { ...held, update: { ...update, state: 'updating' } }
  t.match(verdict(flying, tasks), /^update is/, 'while Swarm may still roll back, it is waited for')
  const again = fresh(1, 'b', { state: 'ready', desiredState: 'ready', createdAtMs: 2 })
  t.match(verdict(app(), [...tasks, again]), /^0\/1/, 'one that Swarm tries again is waited for')
})

t.test('a replica that keeps the old version for ever settles', async t => {
  const two = app({ replicas: 2 })
  const tasks = [olds[1] ?? fresh(2, '?'), failed(1, 'a'), fresh(1, 'b', { createdAtMs: 2 })]
  t.match(verdict(two, tasks, 9_000), /^1\/2/)
  t.equal(verdict(two, tasks), 'converged')
  const coming = [...tasks.slice(0, 2), fresh(1, 'b', { createdAtMs: 2, state: 'preparing' })]
  t.match(verdict(two, coming), /^0\/2/, 'not while a new task is on its way')
  const first = { ...update, startedAt: 'before' }
  t.match(verdict({ ...two, update: first }, tasks), /^the update has not begun|^1\/2/)
  const flying = { ...update, state: 'updating' }
  t.match(verdict({ ...two, update: flying }, tasks), /^update is in progress/)
})

t.test('one that Swarm has given up does not', async t => {
  const two = app({ replicas: 2, restart: 'none' })
  t.equal(verdict(two, [fresh(1, 'a'), failed(2, 'b')]), 'crash_loop')
  t.equal(verdict(two, [fresh(1, 'a'), failed(2, 'b'), ...olds.slice(1)]), 'crash_loop')
  t.equal(verdict(two, [failed(1, 'b'), ...olds.slice(1)]), 'crash_loop')
})

t.test('what has not been replaced yet is no given up replica', async t => {
  const two = app({ replicas: 2, update: { ...update, state: 'updating' } })
  t.match(verdict(two, [fresh(1, 'a'), ...olds.slice(1)]), /^update is in progress/)
})

t.test('one of two replicas that Swarm does not start again dooms without an update', async t => {
  const two = service('app', { replicas: 2, restart: 'on-failure' })
  const other = task('app', 'b', { slot: 2 })
  const looks = (tasks: readonly TaskFacts[]) =>
    [100, 11_000].map(atMs => look(atMs, { services: [two], tasks }))
  const kind = (tasks: readonly TaskFacts[]) => decide(historyOf(looks(tasks))).kind
  t.equal(kind([ended('app', 'a', { exitCode: 1 }), other]), 'doomed')
  t.equal(
    kind([ended('app', 'a', { exitCode: 0 }), other]),
    'converged',
    'done beside one that stays',
  )
  t.equal(kind([ended('app', 'a', { exitCode: 1 }), { ...other, state: 'preparing' }]), 'waiting')
})
