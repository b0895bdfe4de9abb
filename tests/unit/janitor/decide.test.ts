import t from 'tap'
import { decide, RULES, type Evidence } from '../../../lib/janitor/decide.js'

const FACTS = {
  name: ['run-app', 'protected'],
  lease: ['none', 'active', 'unreadable'],
  probe: ['won', 'refused', 'replaced', 'unreadable', 'no-dir', 'not-probed'],
  held: ['in-time', 'overdue'],
  lockfile: ['existed', 'missing'],
  app: ['present', 'absent', 'uncounted'],
} as const satisfies { [Fact in keyof Evidence]: readonly Evidence[Fact][] }

const everything = Object.entries(FACTS).reduce<Partial<Evidence>[]>(
  (all, [fact, values]) => all.flatMap(part => values.map(value => ({ ...part, [fact]: value }))),
  [{}],
) as Evidence[]

t.test('every combination of facts is decided', async t => {
  t.equal(everything.length, 2 * 3 * 6 * 2 * 2 * 3)
  for (const evidence of everything) decide(evidence)
})

t.test(
  'only an app of a dead run, counted under the lock its path still names, is ever reaped',
  async t => {
    const reaped = everything.filter(evidence => decide(evidence).action === 'reap')
    for (const evidence of reaped) {
      t.match(evidence, { name: 'run-app', lease: 'none', probe: 'won', app: 'present' })
    }
    t.equal(reaped.length, 4, 'whatever the age and the lockfile say')
  },
)

t.test('only the lockfile of no app is ever tidied, and only under its lock', async t => {
  const tidied = everything.filter(evidence => decide(evidence).action === 'tidy')
  for (const evidence of tidied) {
    t.match(evidence, { name: 'run-app', lease: 'none', probe: 'won', app: 'absent' })
  }
  t.equal(tidied.length, 4)
})

t.test('a protected name is left alone, whatever else is known', async t => {
  for (const evidence of everything.filter(({ name }) => name === 'protected')) {
    t.equal(decide(evidence).row, 'protected')
  }
})

t.test('a lease holds back everything that a lock would allow', async t => {
  const leased = everything.filter(({ name, lease }) => name === 'run-app' && lease !== 'none')
  for (const evidence of leased) {
    const expected = evidence.lease === 'active' ? 'leave' : 'flag'
    t.equal(decide(evidence).action, expected)
  }
})

t.test(
  'a held lock is never stolen: in time it is left, past twice the deadline flagged',
  async t => {
    const refused = everything.filter(
      ({ name, lease, probe }) => name === 'run-app' && lease === 'none' && probe === 'refused',
    )
    for (const evidence of refused) {
      t.equal(decide(evidence).action, evidence.held === 'in-time' ? 'leave' : 'flag')
    }
  },
)

t.test(
  'every rule decides something, so none is dead text, and each row has a name of its own',
  async t => {
    t.strictSame(new Set(everything.map(decide)), new Set(RULES))
    t.equal(new Set(RULES.map(({ row }) => row)).size, RULES.length)
  },
)
