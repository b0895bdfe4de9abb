import t from 'tap'
import type { ServiceFacts, TaskFacts } from '../../../lib/domain/stack-facts.js'
import { decide } from '../../../lib/swarm/convergence-verdict.js'
import { parseStack } from '../../../lib/swarm/parse-stack.js'
import { ended, HEALTHCHECK, historyOf, look, service, task } from '../../support/stack-facts.js'

const HOUR = 3_600_000
const cron = service('cron', { restartDelayMs: 24 * HOUR })
const waits = task('cron', 'next', { state: 'ready', desiredState: 'ready', createdAtMs: 9 })
const round = (id: string, exitCode: number, createdAtMs = 1) =>
  ended('cron', id, { exitCode, createdAtMs })

function verdict(of: ServiceFacts, tasks: readonly TaskFacts[]): string {
  const looks = [100, 12_000].map(atMs => look(atMs, { services: [of], tasks }))
  const said = decide(historyOf(looks))
  if (said.kind === 'doomed') return said.doom.class
  return said.kind === 'waiting' ? said.for.map(each => each.why).join() : said.kind
}

t.test('a service that does its work once a day is done until then', async t => {
  t.equal(verdict(cron, [round('a', 0), waits]), 'converged')
  const everywhere = { ...cron, mode: 'global' as const, replicas: null }
  t.equal(verdict(everywhere, [round('a', 0), waits]), 'converged', 'also one on each node')
})

t.test('one whose work failed is not', async t => {
  t.match(verdict(cron, [round('a', 7), waits]), /^0\/1/)
  t.match(verdict(cron, [round('a', 0), round('b', 7, 2), waits]), /^0\/1/)
})

t.test('nor is one that Swarm starts again at once', async t => {
  t.match(verdict({ ...cron, restartDelayMs: 5_000 }, [round('a', 0), waits]), /^0\/1/)
  t.match(verdict({ ...cron, restartDelayMs: 0 }, [round('a', 0), waits]), /^0\/1/)
})

t.test('nor is a server that goes to the background at each start', async t => {
  t.match(verdict({ ...cron, healthcheck: HEALTHCHECK }, [round('a', 0), waits]), /^0\/1/)
  const dumps = { ...cron, image: 'postgres:15' }
  t.equal(verdict(dumps, [round('a', 0), waits]), 'converged', 'a dump job is no server')
  const redis = { ...cron, image: 'redis:7', restartDelayMs: 60_000, healthcheck: HEALTHCHECK }
  const ends = [1, 2, 3].map(at => round(`r${at}`, 0, at))
  const looks = ends.map((_, at) =>
    look(at * 61_000 + 900, { services: [redis], tasks: [...ends.slice(0, at + 1), waits] }),
  )
  const said = decide(historyOf(looks))
  t.equal(said.kind === 'doomed' && said.doom.class, 'crash_loop', 'and it is told')
})

t.test('its rounds are no crash loop, and no reason against others', async t => {
  const minutely = { ...cron, restartDelayMs: 60_000 }
  const other = service('app')
  const up = task('app', 'x')
  for (const services of [[minutely], [minutely, other]]) {
    const looks = [0, 1, 2, 3, 4, 5, 6].flatMap(at => {
      const past = Array.from({ length: at }, (_, nr) => round(`r${nr}`, 0, nr))
      const runs = task('cron', `r${at}`, { state: 'starting', createdAtMs: at })
      const next = { ...waits, id: `r${at + 1}`, createdAtMs: at + 1 }
      const tasks = services.length === 2 ? [up] : []
      return [
        look(at * 61_000 + 100, { services, tasks: [...tasks, ...past, runs] }),
        look(at * 61_000 + 900, {
          services,
          tasks: [...tasks, ...past, round(`r${at}`, 0, at), next],
        }),
      ]
    })
    for (let seen = 1; seen <= looks.length; seen += 1) {
      t.not(decide(historyOf(looks.slice(0, seen))).kind, 'doomed')
    }
    t.equal(decide(historyOf(looks)).kind, 'converged')
  }
})

t.test('the delay is read in nanoseconds', async t => {
  const read = (RestartPolicy: object) =>
    parseStack('a', {
      services: [{ ID: 's', Spec: { Name: 'a_cron', TaskTemplate: { RestartPolicy } } }],
      tasks: [],
      containers: [],
    }).services[0]?.restartDelayMs
  t.equal(read({ Condition: 'any', Delay: 86_400e9 }), 24 * HOUR)
  t.equal(read({}), 0)
})
