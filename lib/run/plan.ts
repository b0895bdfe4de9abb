import type { Meta } from '../domain/meta.js'
import { RUNG_OF, TIERS, type Status, type Tier } from '../domain/tiers.js'

/** What is known before anything is created. */
export type PlanFacts = {
  readonly requested: readonly Tier[]
  readonly expectedNa: Meta['expectedNa']
  readonly backupCapable: Meta['backupCapable']
  /** Undefined: no base, for the reason beside it. */
  readonly base: string | undefined
  readonly baseReason: string
  readonly customTests: number
}

export type PlannedTier =
  | { readonly tier: Tier; readonly run: true }
  | { readonly tier: Tier; readonly run: false; readonly reason: string }

const NOT_CAPABLE = 'BACKUP_CAPABLE is false: the recipe says that it cannot be backed up'
const NOT_LABELLED =
  'no service of the head is labelled backupbot.backup=true in its own compose files'

/**
 * The tiers of a run in order, each run or skipped with its reason. Unless the recipe says so itself, whether backup
 * applies is known only from what is deployed, so backup and restore are decided at their turn.
 */
export function planTiers(facts: PlanFacts): readonly PlannedTier[] {
  return TIERS.filter(tier => facts.requested.includes(tier)).map(tier => {
    const reason = skipReason(tier, facts)
    return reason === undefined ? { tier, run: true } : { tier, run: false, reason }
  })
}

/**
 * The plan as it will probably come out, for a person who asks beforehand: what is decided at its turn is foretold from
 * the labels of the head's own files. `backedUp` undefined: they say nothing. No run may rest on it.
 */
export function forecast(
  planned: readonly PlannedTier[],
  backedUp: boolean | undefined,
): readonly PlannedTier[] {
  if (backedUp !== false) return planned
  return planned.map(entry =>
    entry.run && isOfBackup(entry.tier)
      ? { tier: entry.tier, run: false, reason: NOT_LABELLED }
      : entry,
  )
}

function isOfBackup(tier: Tier): boolean {
  return RUNG_OF[tier] === 'backup_restore'
}

function skipReason(tier: Tier, facts: PlanFacts): string | undefined {
  const declared = declaredNotApplicable(tier, facts.expectedNa)
  if (declared !== undefined) return declared
  if (isOfBackup(tier) && facts.backupCapable === false) return NOT_CAPABLE
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

/** What later tiers rest on: how each tier stands without the checks that come on top of its op and could not be made. */
export type Grounds = Readonly<Partial<Record<Tier, Status>>>

/** Where an earlier result forbids a tier: the reason it is `unver`, or undefined when it may run. */
export function blockedBy(tier: Tier, earlier: Grounds, serving: boolean): string | undefined {
  const install = badEnd('install', earlier)
  if (tier !== 'install' && install !== undefined) return install
  const upgrade = badEnd('upgrade', earlier)
  if (upgrade !== undefined) {
    if (isOfBackup(tier)) return upgrade
    if (tier === 'custom' && !serving) return `${upgrade} and the app is not serving`
  }
  return tier === 'restore' ? badEnd('backup', earlier) : undefined
}

function badEnd(tier: Tier, earlier: Grounds): string | undefined {
  if (earlier[tier] === 'fail') return `${tier} failed`
  return earlier[tier] === 'unver' ? `${tier} was not verified` : undefined
}
