import type { Meta } from '../domain/meta.js'
import { RUNG_OF, TIERS, type Tier } from '../domain/tiers.js'

/** What is known before anything is created. */
export type PlanFacts = {
  readonly requested: readonly Tier[]
  readonly expectedNa: Meta['expectedNa']
  /** Undefined: no base, for the reason beside it. */
  readonly base: string | undefined
  readonly baseReason: string
  readonly customTests: number
}

export type PlannedTier =
  | { readonly tier: Tier; readonly run: true }
  | { readonly tier: Tier; readonly run: false; readonly reason: string }

/**
 * The tiers of a run in order, each run or skipped with its reason. Whether backup applies is known only from what
 * is deployed, so backup and restore are decided at their turn.
 */
export function planTiers(facts: PlanFacts): readonly PlannedTier[] {
  return TIERS.filter(tier => facts.requested.includes(tier)).map(tier => {
    const reason = skipReason(tier, facts)
    return reason === undefined ? { tier, run: true } : { tier, run: false, reason }
  })
}

function skipReason(tier: Tier, facts: PlanFacts): string | undefined {
  const declared = declaredNotApplicable(tier, facts.expectedNa)
  if (declared !== undefined) return declared
  if (tier === 'upgrade' && facts.base === undefined) return facts.baseReason
  if (tier === 'custom' && facts.customTests === 0) return 'the recipe has no custom tests'
  return undefined
}

/** The reason the recipe's meta gives for leaving a tier out, if it does. */
export function declaredNotApplicable(
  tier: Tier,
  expectedNa: Meta['expectedNa'],
): string | undefined {
  const rung = RUNG_OF[tier]
  return rung === 'install' ? undefined : expectedNa[rung]
}

/** Where an earlier result forbids a tier: the reason it is `unver`, or undefined when it may run. */
export function blockedBy(
  tier: Tier,
  earlier: Readonly<Partial<Record<Tier, string>>>,
  serving: boolean,
): string | undefined {
  if (tier !== 'install' && bad(earlier.install)) return 'install failed'
  if (bad(earlier.upgrade)) {
    if (tier === 'backup' || tier === 'restore') return 'upgrade failed'
    if (tier === 'custom' && !serving) return 'upgrade failed and the app is not serving'
  }
  if (tier === 'restore' && bad(earlier.backup)) return 'backup failed'
  return undefined
}

function bad(status: string | undefined): boolean {
  return status === 'fail' || status === 'unver'
}
