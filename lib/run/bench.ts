import type { Listing } from '../backup/snapshots.js'
import type { Check } from '../domain/check.js'
import type { CanaryReport } from '../domain/results.js'
import type { ServiceFacts } from '../swarm/stack.js'
import type { StackWatch } from '../swarm/watch.js'
import type { Identity } from './identity.js'
import type { Ledger } from './ledger.js'
import type { Canaries, TierFacts, TierPorts } from './ports.js'

/** What the tiers of one run have found out so far; each adds to it for those that follow. */
export type Progress = {
  /** Of the deployed version alone. */
  services: readonly ServiceFacts[]
  /** Names of those that an older version left running beside them. */
  old: readonly string[]
  /** What runs now. */
  identity: Identity | undefined
  /** What ran before the upgrade. */
  baseIdentity: Identity | undefined
  serving: boolean
  /** Eyes on the stack since before the last deploy. */
  standing: StackWatch | undefined
  /** When the last deploy had converged, by performance.now(). */
  convergedAtMs: number
  canaries: Canaries | undefined
  /** What they covered when that was told last. */
  listed: readonly CanaryReport[] | undefined
  /** The snapshots there were, asked for while a deploy settled; undefined: not asked for. */
  earlier: Promise<Listing | undefined> | undefined
  snapshotId: string | undefined
  /** The recipe's own hook has looked at the backup and found it good. */
  dataVerified: boolean
}

/** One app on the bench: the facts, the tools and what is known about it by now. */
export type Bench = {
  readonly facts: TierFacts
  readonly ports: TierPorts
  readonly progress: Progress
}

/** Performs a tier, entering its checks as they are made. Resolves to the structural reason why it does not apply, if so. */
export type TierAct = (bench: Bench, ledger: Ledger) => Promise<string | undefined>

export function freshProgress(): Progress {
  return {
    services: [],
    old: [],
    identity: undefined,
    baseIdentity: undefined,
    serving: false,
    standing: undefined,
    convergedAtMs: 0,
    canaries: undefined,
    listed: undefined,
    earlier: undefined,
    snapshotId: undefined,
    dataVerified: false,
  }
}

/** Enters the generic assertions of a tier, or the loud gap where a developer switched them off. */
export async function generic(
  { facts, progress }: Bench,
  ledger: Ledger,
  assertions: () => Promise<readonly Check[]>,
): Promise<void> {
  if (!facts.skipGeneric.includes(ledger.tier)) {
    ledger.add(await assertions())
    return
  }
  // The op went well, and nobody is to ask for more.
  progress.serving = true
  const detail = 'switched off by CCCI_SKIP_GENERIC'
  ledger.addOnTop([{ name: 'generic assertions', status: 'unver', ms: 0, detail }])
}
