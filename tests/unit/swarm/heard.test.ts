import t from 'tap'
import { extendHistory, type Observation } from '../../../lib/swarm/convergence-history.js'
import { findDoom } from '../../../lib/swarm/doomed.js'
import { ended, historyOf, look, service, task } from '../../support/stack-facts.js'

const app = service('app')
const db = service('db')
const services = [app, db]
const running = task('db', 'd')
const exits = Array.from({ length: 30 }, (_, at) =>
  ended('app', `t${at}`, { exitCode: 1, createdAtMs: at }),
)

/** The app ends every six seconds; at each of these rounds the database was found listening, or silent. */
function rounds(count: number, asked: Readonly<Record<number, 'heard' | 'silent'>> = {}) {
  const looks: Observation[] = [look(1, { services, tasks: [running] })]
  for (let at = 0; at < count; at += 1) {
    const kind = asked[at]
    const notes = kind === undefined ? [] : [{ taskId: 'd', kind }]
    const begun = { ...task('app', `t${at}`, { state: 'starting', createdAtMs: at }) }
    const past = [running, ...exits.slice(0, at)]
    looks.push(look(at * 6000 + 100, { services, tasks: [...past, begun] }, notes))
    looks.push(look(at * 6000 + 900, { services, tasks: [running, ...exits.slice(0, at + 1)] }))
  }
  return looks
}

/** The round after which the app is doomed; undefined: it is not. */
function doomedAfter(looks: readonly Observation[]): number | undefined {
  let history = historyOf([])
  for (const each of looks) {
    history = extendHistory(history, each)
    if (findDoom(history) !== undefined) return Math.floor(each.atMs / 6000) + 1
  }
  return undefined
}

t.test('nobody could ask the database: it counts as up after twenty seconds', async t => {
  t.equal(doomedAfter(rounds(30)), 7, 'and three ends after that')
})

t.test('a database that listens is up at once', async t => {
  t.equal(doomedAfter(rounds(30, { 0: 'silent', 1: 'heard' })), 5, 'three ends after it was heard')
})

t.test('one that was found silent is waited for, and not for ever', async t => {
  t.equal(doomedAfter(rounds(18, { 0: 'silent' })), undefined, 'a first start may take minutes')
  t.equal(doomedAfter(rounds(30, { 0: 'silent' })), 23)
  t.equal(doomedAfter(rounds(30, { 0: 'silent', 12: 'heard' })), 16)
})

t.test('to be asked is no trouble', async t => {
  const looks = rounds(2, { 0: 'silent', 1: 'heard' })
  const { lives } = historyOf(looks)
  t.match(
    lives.find(life => life.task.id === 'd'),
    { troubledMs: undefined, unhealthy: false },
  )
})
