import type { Emit } from '../domain/events.js'
import type { Domains } from '../swarm/suspects.js'
import { namesOnDisk, type Folders } from './names-on-disk.js'
import { suspectOf } from './suspect.js'
import { decideOn, type SweepRow } from './sweep-row.js'

export type GlanceOptions = Folders & {
  /** Every domain that something belongs to. */
  readonly domains: () => Promise<Domains>
  readonly emit: Emit
}

/**
 * What a sweep comes to when there is nothing to look into: no lockfile, no lease and nothing of a run app; no lock is
 * asked for. Undefined: there is a suspect, and a sweep has to look for itself. Loads next to nothing: most sweeps find
 * nothing, and all that they cost is their start.
 */
export async function glance(options: GlanceOptions): Promise<SweepRow[] | undefined> {
  const { locked, leased } = await namesOnDisk(options)
  const found = [locked, leased, await options.domains()]
  if (found.some(({ runApps }) => runApps.size > 0)) return undefined
  const others = new Set(found.flatMap(domains => [...domains.others]))
  return [...others]
    .sort()
    .map(domain => decideOn(suspectOf(domain, { name: 'protected' }), options.emit).row)
}
