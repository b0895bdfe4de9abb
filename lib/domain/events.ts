import type { Cause, CauseClass } from './cause.js'
import type { Check } from './check.js'
import type { Diagnosis } from './diagnosis.js'
import type { CanaryReport, EndReason, HeldPart, Lane } from './results.js'
import type { Level, Status, Tier } from './tiers.js'

/** What the janitor does with a suspect. */
export type JanitorAction = 'leave' | 'flag' | 'tidy' | 'reap'

/** A dependency as it is planned: at which version, or why it cannot be had. */
type DependencyPlan = {
  readonly recipe: string
  readonly domain: string
  readonly version: string | null
  /** Empty when it can be had. */
  readonly reason: string
}

/**
 * Everything that happens, as data. Names are `noun.verb-in-past`; names and fields only ever grow.
 * All durations are milliseconds.
 */
export type HappeningBody =
  | {
      readonly type: 'run.started'
      readonly recipe: string
      readonly pr: number
      readonly ref: string | null
      readonly domain: string
      readonly lane: Lane
      readonly runDir: string
      readonly pid: number
    }
  | { readonly type: 'run.noted'; readonly text: string }
  | { readonly type: 'run.warned'; readonly text: string }
  | {
      readonly type: 'manifest.printed'
      readonly customization: unknown
      readonly lines: readonly string[]
    }
  | {
      readonly type: 'plan.resolved'
      readonly head: string
      readonly headVersion: string | null
      readonly base: string | null
      readonly baseReason: string
      readonly tiers: readonly Tier[]
      readonly skips: Readonly<Partial<Record<Tier, string>>>
      readonly dependencies?: readonly DependencyPlan[]
    }
  | { readonly type: 'phase.started'; readonly phase: string }
  | {
      readonly type: 'phase.finished'
      readonly phase: string
      readonly ms: number
      readonly floorMs: number
    }
  | { readonly type: 'wait.started'; readonly for: string; readonly phase?: string }
  | {
      readonly type: 'wait.finished'
      readonly for: string
      readonly ms: number
      /** Absent: the phase that started last and is still open. */
      readonly phase?: string
    }
  | {
      readonly type: 'lock.waiting'
      readonly domain: string
      readonly holder: string
      readonly heldSince: string
    }
  | { readonly type: 'lock.acquired'; readonly domain: string; readonly waitedMs: number }
  | {
      readonly type: 'janitor.decided'
      readonly domain: string
      readonly row: string
      readonly action: JanitorAction
      readonly why: string
    }
  | {
      readonly type: 'janitor.done'
      readonly domain: string
      readonly action: JanitorAction
      readonly ms: number
    }
  | { readonly type: 'janitor.stuck'; readonly domain: string; readonly error: string }
  | {
      readonly type: 'child.ended'
      readonly argv: readonly string[]
      readonly ended: string
      readonly exitCode: number | null
      readonly ms: number
      readonly log: string | null
    }
  | {
      readonly type: 'image.pulled'
      readonly image: string
      readonly outcome: 'present' | 'pulled' | 'failed'
      readonly ms: number
      readonly detail: string
    }
  | {
      readonly type: 'lint.finished'
      readonly status: Status
      readonly detail: string
      readonly rulesFailed: readonly string[]
    }
  | { readonly type: 'tier.started'; readonly tier: Tier }
  | {
      readonly type: 'tier.finished'
      readonly tier: Tier
      readonly status: Status
      readonly ms: number
      readonly reason: string
    }
  | { readonly type: 'op.started'; readonly op: string }
  | { readonly type: 'op.done'; readonly op: string; readonly ms: number; readonly detail: string }
  | { readonly type: 'check.finished'; readonly tier: Tier; readonly check: Check }
  | { readonly type: 'canary.written'; readonly kind: string; readonly where: string }
  | {
      readonly type: 'canary.listed'
      readonly canaries: readonly CanaryReport[]
      readonly news: readonly CanaryReport[]
    }
  | {
      readonly type: 'snapshot.taken'
      readonly id: string
      readonly files: number
      readonly bytes: number
      readonly parts: readonly HeldPart[]
    }
  | { readonly type: 'service.observed'; readonly service: string; readonly text: string }
  | {
      readonly type: 'deploy.doomed'
      readonly service: string
      readonly class: CauseClass
      /** From the first sign of it to this moment. */
      readonly sinceFirstMs: number
      /** From the last sign that was needed. */
      readonly sinceLastMs: number
    }
  | { readonly type: 'log.tailed'; readonly what: string; readonly lines: readonly string[] }
  /** What the stack of an app looked like when something about it failed. */
  | { readonly type: 'diagnosis.made'; readonly diagnosis: Diagnosis }
  /** What the head changes in the compose files of the base, as `git diff` prints it. */
  | {
      readonly type: 'compose.compared'
      readonly base: string
      readonly lines: readonly string[]
      /** How many lines more there are. */
      readonly more: number
    }
  | { readonly type: 'cause.found'; readonly cause: Cause }
  | { readonly type: 'signal.received'; readonly signal: string; readonly reason: EndReason }
  | { readonly type: 'signal.ignored'; readonly signal: string }
  | { readonly type: 'teardown.started'; readonly domain: string; readonly why: string }
  | {
      readonly type: 'teardown.step'
      readonly domain: string
      readonly step: string
      readonly ms: number
      readonly detail: string
    }
  | {
      readonly type: 'teardown.leftover'
      readonly domain: string
      readonly kind: string
      readonly name: string
      /** What was said when it was asked to go; empty when nothing was. */
      readonly why?: string
    }
  | {
      readonly type: 'teardown.done'
      readonly domain: string
      readonly clean: boolean
      readonly ms: number
    }
  /** An app of this run is about to be created: from here on its teardown counts. */
  | { readonly type: 'app.created'; readonly domain: string; readonly recipe: string }
  | { readonly type: 'deploy.counted'; readonly expected: number; readonly counted: number }
  | {
      readonly type: 'dependency.ready'
      readonly recipe: string
      readonly domain: string
      readonly version: string | null
      readonly ms: number
    }
  | {
      readonly type: 'dependency.unverified'
      readonly recipe: string
      readonly reason: string
      readonly domain?: string
    }
  | { readonly type: 'app.kept'; readonly domain: string; readonly until: string }
  | { readonly type: 'results.written'; readonly path: string }
  | {
      readonly type: 'run.finished'
      readonly exitCode: number
      readonly reason: EndReason
      readonly level: Level
      readonly verdict: string
      readonly ms: number
    }

/** A happening with its envelope: schema version, time (ISO 8601, UTC) and run. */
export type Happening = { readonly v: 1; readonly at: string; readonly run: string } & HappeningBody

/** The core's only output. */
export type Emit = (happening: HappeningBody) => void
