import type { Cause } from '../domain/cause.js'
import type { Check } from '../domain/check.js'
import type { Diagnosis } from '../domain/diagnosis.js'
import type { CanaryReport, DependencyReport, Lane, SnapshotReport } from '../domain/results.js'
import type { Tier } from '../domain/tiers.js'
import type { Standing } from '../verdict/tier-status.js'
import type { Place } from '../verdict/ending.js'
import { createTimings, type Timings } from './timings.js'

/** What a recorder is told before the run has begun. */
export type RunIdentity = {
  readonly recipe: string
  readonly pr: number
  /** As requested, before resolution. */
  readonly ref: string | undefined
  readonly runId: string
  readonly lane: Lane
  readonly requested: readonly Tier[]
  readonly skipGeneric: readonly Tier[]
}

/** The last lines of something that failed. */
type LogTail = { readonly what: string; readonly lines: readonly string[] }

/** What the head changes in the compose files of the base; `more` lines are not shown. */
type ComposeDiff = {
  readonly base: string
  readonly lines: readonly string[]
  readonly more: number
}

/** What the report shows besides the results. */
export type ReportParts = Pick<RunNotes, 'tails' | 'diagnoses' | 'composeDiff'>

export type TierNotes = {
  readonly checks: Check[]
  /** How the tier says it ended; undefined while it runs. */
  claim: Standing | undefined
  ms: number
}

type AppNotes = {
  /** Null until a teardown has come to its end. */
  clean: boolean | null
  leftovers: string[]
}

/** Everything that was noted about a run so far. Results are made of nothing else. */
export type RunNotes = {
  readonly identity: RunIdentity
  readonly startedAtMs: number
  readonly timings: Timings
  readonly tiers: Map<Tier, TierNotes>
  /** The run's own apps: the one under test and its dependencies. */
  readonly apps: Map<string, AppNotes>
  readonly warnings: string[]
  readonly snapshots: SnapshotReport[]
  /** The ends of logs that were shown, for the report alone. */
  readonly tails: LogTail[]
  /** What stacks looked like when they failed, for the report alone. */
  readonly diagnoses: Diagnosis[]
  /** By name, in the order in which they are deployed. */
  readonly dependencies: Map<string, DependencyReport>
  version: string | null
  head: string | null
  base: string | null
  baseReason: string | null
  domain: string | null
  lane: Lane
  lint: Standing & { readonly rulesFailed: readonly string[] }
  customization: unknown
  canaries: readonly CanaryReport[]
  deployCount: { readonly expected: number; readonly counted: number } | null
  keptUntil: number | null
  composeDiff: ComposeDiff | null
  /** Where the run was when something ended it early: by the time it has been taken down, it is nowhere. */
  endedAt: Place | undefined
  cause: Cause | undefined
}

export function createNotes(identity: RunIdentity, now: () => number): RunNotes {
  return {
    identity,
    startedAtMs: now(),
    timings: createTimings(now),
    tiers: new Map(),
    apps: new Map(),
    warnings: [],
    snapshots: [],
    tails: [],
    diagnoses: [],
    dependencies: new Map(),
    version: null,
    head: null,
    base: null,
    baseReason: null,
    domain: null,
    lane: identity.lane,
    lint: { status: 'unver', reason: 'not reached', rulesFailed: [] },
    customization: null,
    canaries: [],
    deployCount: null,
    keptUntil: null,
    composeDiff: null,
    endedAt: undefined,
    cause: undefined,
  }
}

/** The notes on a tier, begun on first use. */
export function tierNotes(notes: RunNotes, tier: Tier): TierNotes {
  const known = notes.tiers.get(tier) ?? { checks: [], claim: undefined, ms: 0 }
  notes.tiers.set(tier, known)
  return known
}
