import t from 'tap'
import type { HappeningBody } from '../../../lib/domain/events.js'
import { RUNG_OF, RUNGS, TIERS, type Status, type Tier } from '../../../lib/domain/tiers.js'
import { check } from '../../support/happenings.js'
import { resultsOf } from '../../support/results.js'

const STATUSES: readonly Status[] = ['pass', 'fail', 'skip', 'unver']

/** Every list of up to three statuses. */
function* lists(length = 3): Generator<readonly Status[]> {
  yield []
  if (length === 0) return
  for (const rest of lists(length - 1)) for (const status of STATUSES) yield [status, ...rest]
}

/** A tier that claims a status whatever its checks came to. */
const claiming = (tier: Tier, claim: Status, statuses: readonly Status[]): HappeningBody[] => [
  { type: 'tier.started', tier },
  ...statuses.map(
    (status, index) =>
      ({ type: 'check.finished', tier, check: check(`check ${index}`, status) }) as const,
  ),
  { type: 'tier.finished', tier, status: claim, ms: 1, reason: claim === 'pass' ? '' : 'claimed' },
]

const tiersOf = (rung: string): readonly Tier[] => TIERS.filter(tier => RUNG_OF[tier] === rung)
const executed = (list: readonly Status[]) => list.includes('pass') || list.includes('fail')

t.test('no rung passes without an executed check, whatever its tiers claim', async t => {
  for (const claim of STATUSES) {
    for (const list of lists()) {
      const { rungs } = resultsOf(TIERS.flatMap(tier => claiming(tier, claim, list)))
      for (const rung of RUNGS.filter(each => tiersOf(each).length > 0))
        if (rungs[rung] === 'pass')
          t.ok(executed(list), `${rung} claims ${claim}: ${list.join(' ')}`)
    }
  }
})

t.test('nor does backup_restore when only one of its tiers has checks', async t => {
  for (const one of lists(2)) {
    for (const other of lists(2)) {
      const happenings = [...claiming('backup', 'pass', one), ...claiming('restore', 'pass', other)]
      const { rungs } = resultsOf(happenings)
      if (rungs.backup_restore === 'pass') t.ok(executed(one) && executed(other))
    }
  }
})

t.test(
  'a check that fails after its tier had passed fails the tier, the rung and the level',
  async t => {
    const late = {
      type: 'check.finished',
      tier: 'install',
      check: check('stays up', 'fail'),
    } as const
    const results = resultsOf([...claiming('install', 'pass', ['pass']), late])
    t.equal(results.results.install, 'fail')
    t.equal(results.rungs.install, 'fail')
    t.equal(results.level, 0)
  },
)
