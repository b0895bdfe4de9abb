import type { Results, StageRow } from '../domain/results.js'
import { RUNGS, type Status, type Tier } from '../domain/tiers.js'
import { levelOf } from '../verdict/level.js'
import type { ProblemFacts } from '../verdict/problem.js'
import { rungsOf, skipsOf, standingOf, type RungFacts } from '../verdict/rung.js'
import type { RunNotes } from './notes.js'

type Identity = Pick<
  Results,
  | 'schema'
  | 'recipe'
  | 'version'
  | 'pr'
  | 'ref'
  | 'run_id'
  | 'lane'
  | 'head'
  | 'base'
  | 'base_reason'
  | 'domain'
  | 'started'
>

/** What a record says first: of which run it is. */
export function identityOf(notes: RunNotes): Identity {
  const { identity } = notes
  return {
    schema: 2,
    recipe: identity.recipe,
    version: notes.version,
    pr: identity.pr,
    ref: identity.ref ?? null,
    run_id: identity.runId,
    lane: notes.lane,
    head: notes.head,
    base: notes.base,
    base_reason: notes.baseReason,
    domain: notes.domain,
    started: notes.startedAtMs / 1000,
  }
}

/** What depends on whether the run is over. */
type OfItsState = 'status' | 'reason' | 'exit_code' | 'finished' | 'stages' | 'results' | 'cause'

/** What a running and a finished record have in common. */
export function common(
  notes: RunNotes,
  facts: ProblemFacts,
): Omit<Results, OfItsState | keyof Identity> {
  const { identity, lint } = notes
  const rungs = rungsOf(facts)
  const rows = RUNGS.map(rung => [rung, rungs[rung]] as const)
  return {
    level: levelOf(rungs),
    rungs: Object.fromEntries(rows.map(([rung, { status }]) => [rung, status])) as Results['rungs'],
    reasons: Object.fromEntries(
      rows
        .filter(([, { status }]) => status !== 'pass')
        .map(([rung, { reason }]) => [rung, reason]),
    ),
    lint: { status: rungs.lint.status, detail: lint.reason, rules_failed: lint.rulesFailed },
    skips: skipsOf(rungs),
    flags: { clean_teardown: facts.clean, no_secret_leak: null, deploy_count: facts.deployCount },
    skip_generic: identity.skipGeneric,
    customization: notes.customization,
    canaries: notes.canaries,
    snapshots: notes.snapshots,
    dependencies: [...notes.dependencies.values()],
    screenshot: null,
    summary_card: null,
    timings: notes.timings.rows(),
    warnings: notes.warnings,
    ...(notes.keptUntil === null ? {} : { kept_until: notes.keptUntil }),
  }
}

export function stagesOf(
  notes: RunNotes,
  facts: RungFacts,
  tiers: readonly Tier[],
): readonly StageRow[] {
  return tiers.map(tier => {
    const { status, reason } = standingOf(tier, facts)
    const known = notes.tiers.get(tier)
    return {
      name: tier,
      status,
      ms: Math.round(known?.ms ?? 0),
      reason,
      tests: (known?.checks ?? []).map(({ name, status: seen, ms, detail }) => ({
        name,
        status: seen,
        ms: Math.round(ms),
        detail,
      })),
    }
  })
}

export function resultsOf(facts: RungFacts, tiers: readonly Tier[]): Partial<Record<Tier, Status>> {
  return Object.fromEntries(tiers.map(tier => [tier, standingOf(tier, facts).status]))
}
