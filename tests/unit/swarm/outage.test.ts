import t from 'tap'
import { findDoom } from '../../../lib/swarm/doomed.js'
import type { ContainerNote } from '../../../lib/swarm/convergence-history.js'
import { ended, historyOf, look, NOTHING, service, task } from '../../support/stack-facts.js'

const app = service('app')
const db = service('db')
const services = [app, db]
const before = { ...NOTHING, services, tasks: [task('app', 'a'), task('db', 'd')] }
const exits = [1, 2, 3].map(at => ended('app', `t${at}`, { exitCode: 1, createdAtMs: at * 1000 }))
const died = [
  ended('app', 'a', { exitCode: 1 }),
  ended('db', 'd', { exitCode: 0, desiredState: 'shutdown' }),
]

t.test('an outage between two looks is over: nobody crashed while the database was up', async t => {
  const back = [task('db', 'e', { createdAtMs: 3500 }), task('app', 'z', { createdAtMs: 4000 })]
  const tasks = [...died, ...exits, ...back]
  t.equal(findDoom(historyOf([look(60_000, { services, tasks })], before)), undefined)
})

t.test('nor while it still is not', async t => {
  const tasks = [...died, ...exits, task('db', 'e', { state: 'starting', createdAtMs: 3500 })]
  t.equal(findDoom(historyOf([look(60_000, { services, tasks })], before)), undefined)
})

t.test(
  'what ended three times beside a database that was there all the time is doomed',
  async t => {
    const tasks = [ended('app', 'a', { exitCode: 1 }), ...exits, task('db', 'd')]
    t.equal(findDoom(historyOf([look(60_000, { services, tasks })], before))?.class, 'crash_loop')
  },
)

t.test('a database that was replaced has not been up since before', async t => {
  const starting = (at: number) =>
    task('app', `s${at}`, { state: 'starting', createdAtMs: 4000 + at })
  const fresh = task('db', 'e', { createdAtMs: 3500 })
  const gone = died.slice(1)
  const looks = [look(10_000, { services, tasks: [...gone, fresh] })]
  for (const at of [1, 2, 3]) {
    const past = [1, 2, 3].filter(each => each < at)
    const ends = past.map(each =>
      ended('app', `s${each}`, { exitCode: 1, createdAtMs: 4000 + each }),
    )
    looks.push(
      look(10_000 + at * 2000, { services, tasks: [...gone, fresh, ...ends, starting(at)] }),
    )
  }
  const last = [1, 2, 3].map(each =>
    ended('app', `s${each}`, { exitCode: 1, createdAtMs: 4000 + each }),
  )
  looks.push(look(18_000, { services, tasks: [...gone, fresh, ...last] }))
  t.equal(findDoom(historyOf(looks, before)), undefined, 'it may still be coming up')
})

t.test('one that ran before the watch counts as up, unless it is found silent', async t => {
  const doomed = (notes: readonly ContainerNote[]) => {
    const looks = [1, 2, 3].flatMap(at => {
      const past = exits.filter(({ createdAtMs }) => createdAtMs < at * 1000)
      const begins = task('app', `t${at}`, { state: 'starting', createdAtMs: at * 1000 })
      const begun = look(at * 1000, { services, tasks: [task('db', 'd'), ...past, begins] }, notes)
      return [
        begun,
        look(at * 1000 + 500, { services, tasks: [task('db', 'd'), ...exits.slice(0, at)] }),
      ]
    })
    return findDoom(historyOf(looks, { ...before, tasks: [task('db', 'd')] }))?.class
  }
  t.equal(doomed([]), 'crash_loop')
  t.equal(doomed([{ taskId: 'd', kind: 'silent' }]), undefined)
})
