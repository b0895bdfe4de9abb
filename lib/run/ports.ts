import type { Held } from '../backup/promise.js'
import type { SnapshotReader } from '../backup/snapshots.js'
import type { Check } from '../domain/check.js'
import type { Cause } from '../domain/cause.js'
import type { Reached } from '../domain/crash-points.js'
import type { Ended } from '../domain/ended.js'
import type { Emit } from '../domain/events.js'
import type { Meta } from '../domain/meta.js'
import type { AppDomain, CommitId, StackName } from '../domain/names.js'
import type { CanaryReport } from '../domain/results.js'
import type { Tier } from '../domain/tiers.js'
import type { ServiceFacts } from '../swarm/stack.js'
import type { StackWatch } from '../swarm/watch.js'
import type { Phases } from './phases.js'
import type { Mark } from './snapshot-checks.js'

/** One app of a run: the recipe under test, or one of its dependencies. */
export type App = {
  readonly recipe: string
  readonly domain: AppDomain
  readonly stack: StackName
  /** The run's own checkout of the recipe. */
  readonly recipeDir: string
  /** The file abra keeps the app's environment in. */
  readonly envFile: string
}

/** What a deploy brings: its services, without the stack's prefix, and their images. */
export type ComposeMeant = {
  readonly services: readonly string[]
  readonly images: readonly string[]
}

/** What one abra command came to. `said` is its FATA text, else why it ended; `ended` says whether it ended by itself. */
export type AbraAnswer = {
  readonly ok: boolean
  readonly ms: number
  readonly said: string
  readonly ended: Ended
}

/** `begun` is called when the command runs. */
type AbraPort = {
  appNew(app: App, begun: () => void): Promise<AbraAnswer>
  secretGenerate(app: App, begun: () => void): Promise<AbraAnswer>
  deploy(app: App, begun: () => void): Promise<AbraAnswer>
  backupCreate(app: App, begun: () => void): Promise<AbraAnswer & { readonly output: string }>
  restore(
    app: App,
    snapshotId: string | undefined,
    begun: () => void,
  ): Promise<AbraAnswer & { readonly output: string }>
}

/** Watches the data of one app through its tiers. */
export type Canaries = {
  readonly report: () => readonly CanaryReport[]
  /** The files of ours that lie in volumes now. */
  readonly marks: () => readonly Mark[]
  readonly write: () => Promise<readonly Check[]>
  readonly survived: (services: readonly ServiceFacts[]) => Promise<readonly Check[]>
  /** Volumes that the upgrade brought get theirs. */
  readonly refresh: (services: readonly ServiceFacts[]) => Promise<void>
  /** The volumes that the snapshot has anything of. */
  readonly backedUp: (held: Held) => void
  readonly change: () => Promise<readonly Check[]>
  /** `fresh`: into emptied volumes. */
  readonly restored: (options?: { readonly fresh?: boolean }) => Promise<readonly Check[]>
  readonly drop: () => Promise<void>
}

/** What the operator's backup repository holds of an app; see lib/backup. */
type SnapshotPort = SnapshotReader

/** The operation a hook or test runs beside. */
export type OpFacts = {
  readonly name: string
  readonly before: unknown
  readonly after: unknown
  readonly snapshotId: string | null
}

export type HookName =
  'pre_install' | 'pre_upgrade' | 'pre_backup' | 'pre_restore' | 'backup_verify' | 'ready_probe'

export type HooksPort = {
  has(hook: HookName): boolean
  /** Runs a hook if the recipe has it; no hook: no checks. */
  hook(hook: HookName, op: OpFacts | null): Promise<readonly Check[]>
  installSteps(): Promise<readonly Check[]>
  /** The KEY=VALUE lines that `ops/extra_env` prints; none without it. */
  extraEnv(): Promise<{
    readonly env: Readonly<Record<string, string>>
    readonly checks: readonly Check[]
  }>
  /** The overlay assertions of a tier; for `custom`, the custom tests. */
  tests(tier: Tier, op: OpFacts | null): Promise<readonly Check[]>
}

/** Everything a tier may do to the outside world. */
export type TierPorts = {
  readonly emit: Emit
  readonly phases: Phases
  readonly signal: AbortSignal
  readonly reached: Reached
  readonly abra: AbraPort
  readonly snapshots: SnapshotPort
  readonly hooks: HooksPort
  /** Makes the app's checkout the commit of the base, or the head with its uncommitted files, and nothing else. */
  readonly checkout: (app: App, what: 'base' | 'head') => Promise<void>
  /** Writes these variables into the app's env file, keeping the rest. */
  readonly setEnv: (app: App, env: Readonly<Record<string, string>>) => Promise<void>
  /** Copies the recipe's CI overlay and, for the base, its repair into the checkout and names them in COMPOSE_FILE. */
  readonly placeOverlay: (app: App, what: 'base' | 'head') => Promise<void>
  /** What the checkout comes to under the app's env file; nothing where it cannot be read. */
  readonly composeMeant: (app: App) => Promise<ComposeMeant>
  /** Removes services and volumes; secrets and env file stay. */
  readonly emptyOut: (app: App) => Promise<void>
  /** Marks one app as created, durably, before it is. */
  readonly countDeploy: () => Promise<void>
  /** `stirred` is called when something of the stack changes. */
  readonly watch: (stack: StackName, stirred?: () => void) => Promise<StackWatch>
  readonly readStack: (stack: StackName) => Promise<readonly ServiceFacts[]>
  /** `quiet`: what is wrong has been told already. */
  readonly serving: (
    app: App,
    meta: Meta,
    options?: { readonly quiet: boolean },
  ) => Promise<readonly Check[]>
  readonly canaries: (app: App, services: readonly ServiceFacts[]) => Canaries
}

/** What was asked and found out before anything was deployed. */
export type TierFacts = {
  readonly app: App
  readonly meta: Meta
  readonly head: CommitId
  readonly headVersion: string | undefined
  /** Services of its compose files, without the stack's prefix; empty when they cannot be read. */
  readonly headServices: readonly string[]
  readonly base: { readonly commit: CommitId; readonly version: string | undefined } | undefined
  readonly skipGeneric: readonly Tier[]
  readonly requested: readonly Tier[]
  readonly freshRestore: boolean
  /** Why an image could not be had, by image reference. */
  readonly missingImages: ReadonlyMap<string, Cause>
}
