import t from 'tap'
import type { StackFacts, TaskFacts } from '../../../lib/domain/stack-facts.js'
import { decide } from '../../../lib/swarm/convergence-verdict.js'
import { parseStack } from '../../../lib/swarm/parse-stack.js'
import type { RawTask } from '../../../lib/swarm/raw.js'
import { ended, historyOf, look, NOTHING, service, task } from '../../support/stack-facts.js'

const agent = service('agent', { mode: 'global', replicas: null })
const once = service('agent', { mode: 'global', replicas: null, restart: 'on-failure' })

/** A task of a global service. */
const at = (node: string, id: string, more: Partial<TaskFacts> = {}) =>
  task('agent', id, { slot: 0, nodeId: node, ...more })
const dead = (node: string, id: string, exitCode: number) =>
  ended('agent', id, { slot: 0, nodeId: node, exitCode })
const next = (node: string, id: string) =>
  at(node, id, { state: 'ready', desiredState: 'ready', createdAtMs: 1 })

/** What is said of these tasks, seen for as long as any grace lasts. */
function verdict(tasks: readonly TaskFacts[], of = agent, before: StackFacts = NOTHING) {
  const looks = [1, 6000, 12_000].map(atMs => look(atMs, { services: [of], tasks }))
  const said = decide(historyOf(looks, before))
  if (said.kind === 'doomed') return said.doom.class
  return said.kind === 'waiting' ? said.for.map(each => each.why).join() : said.kind
}

t.test('between two attempts a global service is not there', async t => {
  t.match(verdict([dead('n', 'a', 5), next('n', 'b')]), /^0\/1/)
})

t.test('one that Swarm does not start again is doomed', async t => {
  t.equal(verdict([dead('n', 'a', 5)]), 'crash_loop')
  t.equal(verdict([dead('n', 'a', 0)]), 'crash_loop', 'also when it ended with 0')
})

t.test('every node counts', async t => {
  t.match(verdict([at('n', 'a'), dead('m', 'b', 5), next('m', 'c')]), /^1\/2/)
  t.equal(verdict([at('n', 'a'), at('m', 'b')]), 'converged')
})

t.test('one that has done its work on a node is done there', async t => {
  t.equal(verdict([dead('n', 'a', 0), at('m', 'b')], once), 'converged')
  t.equal(verdict([dead('n', 'a', 5)], once), 'crash_loop')
})

t.test('a node that was taken from it counts no more', async t => {
  const drained = (state: string) => at('m', 'b', { state, desiredState: 'shutdown' })
  t.equal(verdict([at('n', 'a'), drained('shutdown')]), 'converged')
  t.equal(verdict([at('n', 'a'), drained('running')]), 'converged', 'also while it still stops')
})

t.test('what ran on a node before does not count', async t => {
  const old = dead('n', 'a', 5)
  const now = [at('n', 'b', { createdAtMs: 1 }), old]
  t.equal(verdict(now, agent, { ...NOTHING, services: [agent], tasks: now }), 'converged')
})

t.test('it is to run once on every node that is its own', async t => {
  const raw = (ID: string, NodeID: string, [DesiredState, State]: [string, string]): RawTask => ({
    ID,
    NodeID,
    ServiceID: 's',
    DesiredState,
    Status: { State },
  })
  const Spec = { Name: 'a_agent', Mode: { Global: {} } }
  const tasks = [
    raw('a', 'n', ['shutdown', 'failed']),
    raw('b', 'm', ['running', 'running']),
    raw('c', 'o', ['shutdown', 'shutdown']),
  ]
  const facts = parseStack('a', { services: [{ ID: 's', Spec }], tasks, containers: [] })
  t.match(facts.services, [{ running: 1, desired: 2 }])
})
