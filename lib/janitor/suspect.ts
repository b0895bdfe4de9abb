import type { AppDomain } from '../domain/names.js'
import type { AppLock } from '../lock/app-lock.js'
import type { Evidence } from './decide.js'

/** One surveyed domain. If its lock was won, it is held until {@link letGo}. */
export type Suspect = {
  readonly domain: string
  readonly evidence: Evidence
  /** What the evidence rests on, for the one who reads the decision; empty: nothing to add. */
  readonly detail: string
  readonly heldBy: string | null
  readonly heldSince: Date | null
  /** Only of a run app whose lock was won. */
  readonly lock: AppLock | undefined
}

export function letGo(suspects: Iterable<Suspect>): void {
  for (const { lock } of suspects) lock?.release()
}

/** A suspect of the right shape. */
export type RunApp = Suspect & { readonly domain: AppDomain }

/** Nothing is known yet. */
const UNKNOWN: Evidence = {
  name: 'run-app',
  lease: 'none',
  probe: 'not-probed',
  held: 'in-time',
  lockfile: 'existed',
  app: 'uncounted',
}

export type Facts = Partial<Pick<Suspect, 'detail' | 'heldBy' | 'heldSince' | 'lock'>>

/** A suspect of which only what is given is known. */
export function suspectOf<Name extends string>(
  domain: Name,
  evidence: Partial<Evidence>,
  facts: Facts = {},
): Suspect & { readonly domain: Name } {
  const nobody = { detail: '', heldBy: null, heldSince: null, lock: undefined }
  return { ...nobody, ...facts, domain, evidence: { ...UNKNOWN, ...evidence } }
}

/** The same suspect with more evidence. */
export function knowing(suspect: Suspect, evidence: Partial<Evidence>): Suspect {
  return { ...suspect, evidence: { ...suspect.evidence, ...evidence } }
}
