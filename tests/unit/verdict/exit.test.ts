import t from 'tap'
import { CAUSE_EXIT, type Cause, type CauseClass } from '../../../lib/domain/cause.js'
import { TIERS, type Status, type Tier } from '../../../lib/domain/tiers.js'
import { EXIT } from '../../../lib/errors.js'
import { endReason, exitOf } from '../../../lib/verdict/exit.js'
import { problemsOf, type ProblemFacts } from '../../../lib/verdict/problem.js'

const STATUSES: readonly Status[] = ['pass', 'fail', 'skip', 'unver']

const standings = (status: Status): ProblemFacts['tiers'] =>
  Object.fromEntries(TIERS.map(tier => [tier, { status, reason: 'a reason' }]))

const facts = (more: Partial<ProblemFacts> = {}): ProblemFacts => ({
  requested: TIERS,
  tiers: standings('pass'),
  lint: { status: 'pass', reason: '' },
  skipGeneric: [],
  deployCount: { expected: 1, counted: 1 },
  leftovers: [],
  clean: true,
  kept: false,
  unverifiedDependencies: [],
  ...more,
})

const codeOf = (more: Partial<ProblemFacts> = {}) =>
  exitOf({ end: undefined, problems: problemsOf(facts(more)), cause: undefined })

const cause = (name: CauseClass): Cause => ({ class: name, sentence: 's', evidence: 'e', fix: 'f' })

t.test('all tiers passed, clean, counted right: green', async t => {
  t.equal(codeOf(), EXIT.green)
})

t.test('a requested tier that is neither pass nor skip is red', async t => {
  for (const tier of TIERS)
    for (const status of STATUSES) {
      const tiers = { ...standings('pass'), [tier]: { status, reason: 'a reason' } }
      const good = status === 'pass' || status === 'skip'
      t.equal(codeOf({ tiers }), good ? EXIT.green : EXIT.red, `${tier} ${status}`)
    }
})

t.test('a requested tier that was not reached is red', async t => {
  t.equal(codeOf({ tiers: {} }), EXIT.red)
})

t.test('a tier that was not requested has no effect on the exit code', async t => {
  const requested: readonly Tier[] = ['install']
  const tiers = { install: { status: 'pass', reason: '' } } as const
  t.equal(codeOf({ requested, tiers }), EXIT.green)
})

t.test('lint never changes the exit code', async t => {
  for (const status of STATUSES)
    t.equal(codeOf({ lint: { status, reason: 'a reason' } }), EXIT.green)
})

t.test(
  'left-out generic assertions, a wrong count, leftovers, unverified dependencies: red',
  async t => {
    t.equal(codeOf({ skipGeneric: ['upgrade'] }), EXIT.red)
    t.equal(codeOf({ deployCount: { expected: 1, counted: 2 } }), EXIT.red)
    t.equal(codeOf({ deployCount: null }), EXIT.red)
    t.equal(codeOf({ leftovers: ['volume x_data'] }), EXIT.red)
    t.equal(codeOf({ clean: false }), EXIT.red)
    t.equal(codeOf({ clean: null }), EXIT.red, 'what was not proven is not green')
    t.equal(codeOf({ unverifiedDependencies: [{ recipe: 'sso', reason: 'skipped' }] }), EXIT.red)
  },
)

t.test('with --keep the exit code is that of the tiers', async t => {
  t.equal(codeOf({ kept: true, clean: null }), EXIT.green)
  t.equal(codeOf({ kept: true, clean: null, tiers: standings('fail') }), EXIT.red)
})

t.test('the first cause decides between 7 and 1, and a cause is never green', async t => {
  for (const name of Object.keys(CAUSE_EXIT) as CauseClass[])
    for (const tiers of [standings('pass'), standings('fail')])
      t.equal(
        exitOf({ end: undefined, problems: problemsOf(facts({ tiers })), cause: cause(name) }),
        CAUSE_EXIT[name],
        name,
      )
})

t.test('the code of a signal or the deadline stays, whatever the teardown found', async t => {
  for (const code of [EXIT.hangup, EXIT.interrupted, EXIT.overdue, EXIT.terminated])
    for (const clean of [true, false, null])
      t.equal(
        exitOf({
          end: { reason: 'terminated', code },
          problems: problemsOf(facts({ clean, tiers: standings('fail') })),
          cause: cause('disk_full'),
        }),
        code,
      )
})

t.test('a bench that could not test ends for the reason of a fault', async t => {
  t.equal(endReason(undefined, EXIT.fault), 'fault')
  t.equal(endReason(undefined, EXIT.red), 'completed')
  t.equal(endReason({ reason: 'hangup', code: EXIT.hangup }, EXIT.hangup), 'hangup')
})

t.test('every problem names what is wrong, what shows it and what to do', async t => {
  const problems = problemsOf(
    facts({
      tiers: {
        ...standings('pass'),
        upgrade: { status: 'fail', reason: 'serving: got 502' },
        custom: { status: 'unver', reason: 'upgrade failed' },
      },
      unverifiedDependencies: [{ recipe: 'sso', reason: 'its test was skipped' }],
      deployCount: { expected: 1, counted: 2 },
      leftovers: ['volume a', 'secret b', 'network c', 'config d'],
      clean: false,
    }),
  )
  t.strictSame(
    problems.map(found => found.class),
    ['test_failed', 'not_verified', 'dependency_unverified', 'deploy_count', 'leftovers'],
  )
  for (const found of problems)
    t.ok(found.sentence !== '' && found.evidence !== '' && found.fix !== '')
  t.match(problems[0]?.sentence, /upgrade failed at serving: got 502/)
  t.match(problems[4]?.sentence, /volume a, secret b, network c and 1 more/)
})
