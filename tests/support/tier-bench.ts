import type { Check } from '../../lib/domain/check.js'
import type { HappeningBody } from '../../lib/domain/events.js'
import type { AppDomain, CommitId, StackName } from '../../lib/domain/names.js'
import type { CanaryReport } from '../../lib/domain/results.js'
import { TIERS, type Tier } from '../../lib/domain/tiers.js'
import { mergeMeta } from '../../lib/recipe/meta.js'
import { freshProgress, type Bench } from '../../lib/run/bench.js'
import { createPhases } from '../../lib/run/phases.js'
import type { App, Canaries, TierFacts, TierPorts } from '../../lib/run/ports.js'
import type { ServiceFacts } from '../../lib/swarm/stack.js'
import { service } from './stack-facts.js'

/** An app of words alone. */
export const app: App = {
  recipe: 'web',
  domain: 'web-123456.ci.test' as AppDomain,
  stack: 'web-123456_ci_test' as StackName,
  recipeDir: '/r',
  envFile: '/e',
}
const head = 'a'.repeat(40) as CommitId
const base = 'b'.repeat(40) as CommitId

/** The one check by which this app serves. */
export const CHECKED = 'answers'
const PASS: Check = { name: CHECKED, status: 'pass', ms: 0, detail: '' }

type Script = {
  readonly skipGeneric?: readonly Tier[]
  /** What the overlay assertions of a tier find; for those not named, that all is well. */
  readonly tests?: Partial<Record<Tier, readonly Check[]>>
  readonly serving?: readonly Check[]
  /** The id of the snapshot that is found after the backup. */
  readonly snapshot?: string | undefined
  /** What the canaries report, at each time they are asked. */
  readonly reports?: readonly (readonly CanaryReport[])[]
}

export type Told = {
  readonly bench: Bench
  readonly emitted: readonly HappeningBody[]
  /** The tiers whose overlay assertions ran. */
  readonly tests: readonly Tier[]
  /** The snapshot that was restored. */
  readonly restored: () => string | undefined
  /** The volumes that the canaries know to be backed up. */
  readonly held: () => readonly string[]
}

/** A bench of nothing but words: an app that installs, upgrades, is backed up and restored, unless the script says else. */
export function tierBench(script: Script): Told {
  const emitted: HappeningBody[] = []
  const emit = (happening: HappeningBody) => void emitted.push(happening)
  const seen: Seen = { tests: [], restored: undefined, held: [] }
  const facts: Partial<TierFacts> = {
    ...{ app, head, base: { commit: base, version: undefined }, headVersion: undefined },
    ...{ headServices: ['app'], missingImages: new Map(), requested: TIERS, freshRestore: false },
    meta: mergeMeta('web', []),
    skipGeneric: script.skipGeneric ?? [],
  }
  const ports: Partial<TierPorts> = {
    ...{ emit, phases: createPhases(emit, () => 0), signal: new AbortController().signal },
    reached: () => undefined,
    ...deploying(),
    ...dataOf(script, seen),
    hooks: hooksOf(script, seen),
    serving: async () => script.serving ?? [PASS],
  }
  const bench = {
    ports: { ...ports, abra: abraOf(seen) } as TierPorts,
    facts: facts as TierFacts,
    progress: freshProgress(),
  }
  const { tests } = seen
  return { bench, emitted, tests, restored: () => seen.restored, held: () => seen.held }
}

type Seen = { readonly tests: Tier[]; restored: string | undefined; held: readonly string[] }

function abraOf(seen: Seen): TierPorts['abra'] {
  const answer = { ok: true, ms: 1, said: '', ended: 'exited', output: '' } as const
  const done = async () => answer
  return {
    ...{ appNew: done, secretGenerate: done, deploy: done, backupCreate: done },
    restore: async (_, snapshotId) => {
      seen.restored = snapshotId
      return answer
    },
  }
}

function hooksOf({ tests }: Script, seen: Seen): TierPorts['hooks'] {
  const none = async () => []
  return {
    ...{ has: () => false, hook: none, installSteps: none },
    extraEnv: async () => ({ env: {}, checks: [] }),
    tests: async tier => {
      seen.tests.push(tier)
      return tests?.[tier] ?? [{ ...PASS, name: `test of ${tier}` }]
    },
  }
}

function deploying(): Partial<TierPorts> {
  let commit = ''
  const services = (): readonly ServiceFacts[] => [
    service('app', {
      labels: {
        'backupbot.backup': 'true',
        [`coop-cloud.${app.stack}.chaos-version`]: commit.slice(0, 8),
      },
      mounts: [{ volume: 'data', target: '/data', readOnly: false }],
    }),
  ]
  const settled = async () => ({ state: 'converged', services: services(), ms: 1 })
  const nothing = async () => undefined
  return {
    checkout: async (_, what) => void (commit = what === 'base' ? base : head),
    ...{ setEnv: nothing, placeOverlay: nothing, countDeploy: nothing },
    composeMeant: async () => ({ services: ['app'], images: [] }),
    readStack: async () => services(),
    watch: async () =>
      ({ before: [], settled, doomed: nothing, [Symbol.asyncDispose]: nothing }) as never,
  }
}

function dataOf(script: Script, seen: Seen): Pick<TierPorts, 'canaries' | 'snapshots'> {
  const id = 'snapshot' in script ? script.snapshot : 'snap-1'
  const reports = [...(script.reports ?? [])]
  const entries = [{ path: '/volumes/data/_data/file', bytes: 9 }]
  const canaries: Partial<Canaries> = {
    report: () => reports.shift() ?? [],
    marks: () => [],
    ...{ write: async () => [], survived: async () => [], change: async () => [] },
    ...{ refresh: async () => undefined, drop: async () => undefined },
    backedUp: held => {
      seen.held = [...(held ?? [])]
    },
    restored: async () => [{ ...PASS, name: 'restored: data' }],
  }
  return {
    canaries: () => canaries as Canaries,
    snapshots: {
      list: async () => ({ ids: [], dated: true }),
      mark: async () => ({ ids: [], atMs: 0 }),
      taken: async () => (id === undefined ? undefined : { id, entries }),
    },
  }
}
