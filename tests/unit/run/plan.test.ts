import t from 'tap'
import { TIERS } from '../../../lib/domain/tiers.js'
import { blockedBy, forecast, planTiers, type PlanFacts } from '../../../lib/run/plan.js'

const FACTS: PlanFacts = {
  requested: TIERS,
  expectedNa: {},
  backupCapable: undefined,
  base: 'a'.repeat(40),
  baseReason: 'the newest tag',
  customTests: 1,
}
const reasons = (planned: ReturnType<typeof planTiers>): Record<string, string> =>
  Object.fromEntries(planned.flatMap(entry => (entry.run ? [] : [[entry.tier, entry.reason]])))

const NO_BACKUP = 'BACKUP_CAPABLE is false: the recipe says that it cannot be backed up'
const ROWS: [string, Partial<PlanFacts>, Record<string, string>][] = [
  ['everything that is requested runs', {}, {}],
  [
    'without a base there is no upgrade',
    { base: undefined, baseReason: 'no tag' },
    { upgrade: 'no tag' },
  ],
  [
    'without custom tests there is no such tier',
    { customTests: 0 },
    { custom: 'the recipe has no custom tests' },
  ],
  [
    'BACKUP_CAPABLE: false leaves out backup and restore',
    { backupCapable: false },
    { backup: NO_BACKUP, restore: NO_BACKUP },
  ],
  ['BACKUP_CAPABLE: true leaves nothing out', { backupCapable: true }, {}],
  [
    'EXPECTED_NA has the better reason',
    { backupCapable: false, expectedNa: { backup_restore: 'stateless' } },
    { backup: 'stateless', restore: 'stateless' },
  ],
]
for (const [law, facts, wanted] of ROWS) {
  t.test(law, async t => {
    t.strictSame(reasons(planTiers({ ...FACTS, ...facts })), wanted)
  })
}

const UNLABELLED = /^no service of the head is labelled backupbot\.backup=true/
t.test('what is decided at its turn is foretold from the labels of the head', async t => {
  const planned = planTiers({ ...FACTS, expectedNa: { functional: 'none' } })
  t.match(reasons(forecast(planned, false)), {
    backup: UNLABELLED,
    restore: UNLABELLED,
    custom: 'none',
  })
  t.strictSame(forecast(planned, true), planned)
  t.strictSame(forecast(planned, undefined), planned, 'unknown: they may run')
})

t.test('a reason that is declared stays, and what is not requested stays away', async t => {
  const declared = planTiers({ ...FACTS, backupCapable: false })
  t.strictSame(forecast(declared, false), declared)
  const few = planTiers({ ...FACTS, requested: ['install'] })
  t.strictSame(forecast(few, false), few)
})

t.test('the reason for a block says whether something failed or was not verified', async t => {
  t.equal(blockedBy('backup', { install: 'fail' }, false), 'install failed')
  t.equal(blockedBy('backup', { install: 'unver' }, false), 'install was not verified')
  t.equal(
    blockedBy('restore', { upgrade: 'unver', backup: 'unver' }, true),
    'upgrade was not verified',
  )
  t.equal(blockedBy('restore', { backup: 'unver' }, true), 'backup was not verified')
  const custom = 'upgrade was not verified and the app is not serving'
  t.equal(blockedBy('custom', { upgrade: 'unver' }, false), custom)
  t.equal(blockedBy('custom', { upgrade: 'unver' }, true), undefined)
})
