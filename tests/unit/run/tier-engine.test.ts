import t from 'tap'
import type { Check } from '../../../lib/domain/check.js'
import type { HappeningBody } from '../../../lib/domain/events.js'
import { TIERS, type Status, type Tier } from '../../../lib/domain/tiers.js'
import { planTiers } from '../../../lib/run/plan.js'
import { runTiers } from '../../../lib/run/tier-engine.js'
import { CHECKED, tierBench, type Told } from '../../support/tier-bench.js'

const planned = planTiers({
  requested: TIERS,
  expectedNa: {},
  backupCapable: true,
  base: 'b'.repeat(40),
  baseReason: 'the newest tag',
  customTests: 1,
})

/** How each tier ended, with the reason of those that are not pass. */
async function ends(told: Told): Promise<Partial<Record<Tier, string>>> {
  await runTiers(told.bench, planned)
  const finished = told.emitted.filter(
    (seen): seen is Extract<HappeningBody, { type: 'tier.finished' }> =>
      seen.type === 'tier.finished',
  )
  return Object.fromEntries(
    finished.map(({ tier, status, reason }) => [tier, `${status} ${reason}`.trim()]),
  )
}

const OFF = 'unver generic assertions: switched off by CCCI_SKIP_GENERIC'
const check = (name: string, status: Status): Check => ({ name, status, ms: 0, detail: 'said so' })

t.test('with nothing switched off all tiers pass', async t => {
  const told = tierBench({})
  t.strictSame(await ends(told), Object.fromEntries(TIERS.map(tier => [tier, 'pass'])))
})

t.test('generic assertions that are switched off keep no later tier from running', async t => {
  const told = tierBench({ skipGeneric: TIERS })
  const all = { install: OFF, upgrade: OFF, backup: OFF, restore: OFF, custom: 'pass' }
  t.strictSame(await ends(told), all)
  t.strictSame(told.tests, TIERS, 'overlays and custom tests run')
  t.equal(told.restored(), 'snap-1', 'the snapshot of this run is restored')
  t.strictSame(told.held(), ['data'], 'what the snapshot holds is known to the canaries')
})

t.test(
  'a tier that fails beside them blocks as ever, and whether the app serves is known',
  async t => {
    const overlay = [check('test_upgrade.sh', 'fail')]
    const told = tierBench({ skipGeneric: ['upgrade'], tests: { upgrade: overlay } })
    t.match(await ends(told), {
      upgrade: 'fail test_upgrade.sh: said so',
      backup: 'unver upgrade failed',
      restore: 'unver upgrade failed',
      custom: 'pass',
    })
  },
)

t.test('a backup that left no snapshot blocks the restore, switched off or not', async t => {
  const told = tierBench({ skipGeneric: TIERS, snapshot: undefined })
  t.match(await ends(told), { backup: /^fail new snapshot/, restore: 'unver backup failed' })
})

t.test('an overlay that could not be run keeps no later tier from running', async t => {
  const none = 'no runner for test_install.ts'
  const told = tierBench({ tests: { install: [{ ...check(none, 'unver') }] } })
  const rest = { upgrade: 'pass', backup: 'pass', restore: 'pass', custom: 'pass' }
  t.strictSame(await ends(told), { install: `unver ${none}: said so`, ...rest })
})

t.test('generic assertions that prove nothing still block, with a reason that is true', async t => {
  const told = tierBench({ serving: [check(CHECKED, 'unver')] })
  const why = 'unver install was not verified'
  t.strictSame(await ends(told), {
    install: `unver ${CHECKED}: said so`,
    ...{ upgrade: why, backup: why, restore: why, custom: why },
  })
})
