import type { Cause } from './cause.js'
import type { Level, Rung, Status, Tier } from './tiers.js'

export type Lane = 'cold' | 'quick'

/** running: alive or killed outright. finished: the exit door wrote it. aborted: a janitor found it dead. */
type RunStatus = 'running' | 'finished' | 'aborted'

export type EndReason =
  'completed' | 'terminated' | 'interrupted' | 'hangup' | 'overdue' | 'fault' | 'killed'

export type CanaryReport = {
  readonly kind: string
  readonly where: string
  readonly covered: boolean
  readonly reason: string | null
}

/** A volume, or a path in one, that the labels promise to back up, and what the snapshot holds of it. */
export type HeldPart = { readonly part: string; readonly files: number; readonly bytes: number }

/** A snapshot that a run left in the operator's repository. */
export type SnapshotReport = {
  readonly id: string
  readonly files: number
  readonly bytes: number
  readonly parts: readonly HeldPart[]
}

/** A recipe that the one under test declares to need. */
export type DependencyReport = {
  readonly name: string
  /** Of its app. */
  readonly domain: string
  /** Null while unknown or unreadable. */
  readonly version: string | null
  /** It was deployed, has converged and serves. */
  readonly ready: boolean
  /** It is ready, and no test that needs it was skipped. Of a run that is over, false makes it red. */
  readonly verified: boolean
  /** Why it is not verified; empty when it is. */
  readonly reason: string
}

/** One wait of a phase: for what, and how long. */
export type Wait = { readonly for: string; readonly ms: number }

export type Timing = {
  readonly phase: string
  /** From the start of the run to the start of the phase. */
  readonly start_ms: number
  readonly wall_ms: number
  /** The part that Swarm, abra or the app needed: what no harness could save. */
  readonly floor_ms: number
  readonly waits: readonly Wait[]
}

export type TestRow = {
  readonly name: string
  readonly status: Status
  readonly ms: number
  readonly detail: string
}

export type StageRow = {
  readonly name: Tier
  readonly status: Status
  readonly ms: number
  /** Why it is skip or unver; empty otherwise. */
  readonly reason: string
  readonly tests: readonly TestRow[]
}

/** `results.json`, schema 2. Names and fields only ever grow. */
export type Results = {
  readonly schema: 2
  readonly recipe: string
  readonly version: string | null
  readonly pr: number
  readonly ref: string | null
  /** The commit the ref came to; null before it is known. */
  readonly head: string | null
  readonly base: string | null
  readonly base_reason: string | null
  readonly domain: string | null
  readonly run_id: string
  /** Seconds since the epoch. */
  readonly started: number
  readonly lane: Lane
  readonly status: RunStatus
  readonly reason: EndReason | null
  readonly exit_code: number | null
  /** Seconds since the epoch, null while running. */
  readonly finished: number | null
  readonly stages: readonly StageRow[]
  readonly results: Readonly<Partial<Record<Tier, Status>>>
  readonly level: Level
  readonly rungs: Readonly<Record<Rung, Status>>
  /** Why a rung is skip, unver or fail. */
  readonly reasons: Readonly<Partial<Record<Rung, string>>>
  readonly lint: {
    readonly status: Status
    readonly detail: string
    readonly rules_failed: readonly string[]
  }
  readonly skips: {
    readonly intentional: Readonly<Partial<Record<Rung, string>>>
    readonly unintentional: readonly Rung[]
  }
  readonly flags: {
    readonly clean_teardown: boolean | null
    readonly no_secret_leak: boolean | null
    readonly deploy_count: { readonly expected: number; readonly counted: number } | null
  }
  /** Tiers whose generic assertions were left out on request; such a run is never green. */
  readonly skip_generic: readonly Tier[]
  readonly customization: unknown
  readonly canaries: readonly CanaryReport[]
  readonly snapshots: readonly SnapshotReport[]
  /** In the order in which they are deployed. */
  readonly dependencies: readonly DependencyReport[]
  readonly screenshot: string | null
  readonly summary_card: string | null
  readonly timings: readonly Timing[]
  /** What a reader of the verdict should know: dirty checkout, lost events, a full disk. */
  readonly warnings: readonly string[]
  /** The first cause; null on green. */
  readonly cause: Cause | null
  /** Only with --keep: when the lease ends, seconds since the epoch. */
  readonly kept_until?: number
}
