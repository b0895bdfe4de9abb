import t from 'tap'
import type { ServiceFacts } from '../../../lib/domain/stack-facts.js'
import type { Observation } from '../../../lib/swarm/convergence-history.js'
import { bestGuess, findDoom } from '../../../lib/swarm/doomed.js'
import { historyOf, look, service, task } from '../../support/stack-facts.js'

const doomOf = (looks: readonly Observation[]) => findDoom(historyOf(looks))?.class

const app = service('app')
const pending = (error: string) => task('app', 'p', { state: 'pending', error })
// prettier-ignore
const UNPLACED = [
  ['no suitable node (scheduling constraints not satisfied on 1 node)', 'no_node', 'no_node'],
  ['no suitable node (host-mode port already in use on 1 node)', 'port_taken', 'port_taken'],
  ['no suitable node (insufficient resources on 1 node)', undefined, 'no_resources'],
] as const
for (const [error, early, atDeadline] of UNPLACED) {
  t.test(
    `pending with "${error}": ${String(early)} at once, ${atDeadline} at the deadline`,
    async t => {
      const looks = [1, 10_500].map(atMs =>
        look(atMs, { services: [app], tasks: [pending(error)] }),
      )
      t.equal(doomOf(looks.slice(0, 1)), undefined, 'not at the first look')
      t.equal(doomOf(looks), early)
      t.equal(bestGuess(historyOf(looks))?.class, atDeadline)
    },
  )
}

t.test(
  "a host port that the old task of the same service holds is the recipe's own doing",
  async t => {
    const tasks = [
      task('app', 'old'),
      pending('no suitable node (host-mode port already in use on 1 node)'),
    ]
    t.equal(doomOf([1, 10_500].map(atMs => look(atMs, { services: [app], tasks }))), 'no_node')
  },
)

t.test('a host port whose holder has been told to stop is waited for', async t => {
  const services = [service('app', { hostPorts: [8080] })]
  const waiting = pending('no suitable node (host-mode port already in use on 1 node)')
  const seen = (atMs: number, state: string, desiredState = 'shutdown') =>
    look(atMs, { services, tasks: [task('app', 'old', { state, desiredState }), waiting] })
  const begun = [look(0, { services, tasks: [task('app', 'old')] }), seen(1, 'running')]
  t.equal(
    doomOf([...begun, seen(40_500, 'running')]),
    undefined,
    'it may take as long as its grace period',
  )
  const gone = [...begun, seen(40_500, 'shutdown')]
  t.equal(doomOf(gone), undefined, 'Swarm has yet to look again')
  t.equal(doomOf([...gone, seen(50_600, 'shutdown')]), 'port_taken', 'somebody else has the port')
})

t.test('nor is one that another service of the recipe holds anybody else', async t => {
  const holder = service('front', { hostPorts: [8080] })
  const wanting = service('app', { hostPorts: [8080] })
  const tasks = [
    task('front', 'f'),
    pending('no suitable node (host-mode port already in use on 1 node)'),
  ]
  const seen = (holds: ServiceFacts) =>
    doomOf([1, 10_500].map(atMs => look(atMs, { services: [holds, wanting], tasks })))
  t.equal(seen(holder), 'no_node')
  t.equal(seen({ ...holder, hostPorts: [9090] }), 'port_taken')
})
