import t from 'tap'
import type { ServiceFacts, StackFacts, TaskFacts } from '../../../lib/domain/stack-facts.js'
import { decide } from '../../../lib/swarm/convergence-verdict.js'
import {
  container,
  ended,
  HEALTHCHECK,
  historyOf,
  look,
  service,
  task,
} from '../../support/stack-facts.js'

const app = service('app', { healthcheck: HEALTHCHECK })
const worker = service('worker', { restart: 'on-failure' })

function stack(of: ServiceFacts, tasks: readonly TaskFacts[]): StackFacts {
  const containers = [container('app', 'a', 'healthy')]
  return { services: [app, of], tasks: [task('app', 'a'), ...tasks], containers }
}

/** What is said at each of these moments after an op that found `before`. */
function said(before: StackFacts, now: StackFacts, ...moments: readonly number[]) {
  return decide(
    historyOf(
      moments.map(atMs => look(atMs, now)),
      before,
    ),
  )
}

const dead = (exitCode = 1) =>
  [1, 2].map(at => ended('worker', `w${at}`, { exitCode, createdAtMs: at }))

t.test('what Swarm had given up before the op is told, not waited for', async t => {
  const given = stack(worker, dead())
  t.equal(said(given, given, 1, 9_000).kind, 'waiting', 'Swarm may yet be about to start it')
  t.match(said(given, given, 1, 10_500), {
    kind: 'doomed',
    doom: { class: 'crash_loop', service: { name: 'worker' }, times: 1, final: true },
  })
})

t.test('what was done before stays done', async t => {
  const done = stack(worker, dead(0))
  t.equal(said(done, done, 1, 10_500).kind, 'converged')
})

t.test('what the op has changed is started anew', async t => {
  const changed = stack({ ...worker, taskTemplateHash: 'two' }, dead())
  t.equal(said(stack(worker, dead()), changed, 1, 10_500).kind, 'waiting')
})

t.test('nor is anything given up of which an attempt is on its way', async t => {
  const comes = task('worker', 'next', { state: 'ready', desiredState: 'ready', createdAtMs: 9 })
  const given = stack(worker, [...dead(), comes])
  t.equal(said(given, given, 1, 10_500).kind, 'waiting')
})
