import type { AppDomain } from '../domain/names.js'
import type { Domains } from '../swarm/suspects.js'

/** What the janitor may ask and do about apps. The real one is {@link engineWorld}. */
export type World = {
  /** Every domain that something belongs to. */
  readonly domains: () => Promise<Domains>
  /** How many things belong to a domain; none only if there was none a moment later either. */
  readonly count: (domain: AppDomain) => Promise<number>
  /** Removes them all, within the time that one suspect has. Rejects when something is left. */
  readonly takeDown: (domain: AppDomain, signal: AbortSignal) => Promise<void>
}
