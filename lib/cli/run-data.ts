import type { TierPorts } from '../run/ports.js'

const none = () => Promise.resolve([])

/** What watches the data of an app through its tiers: canaries and the snapshots of the backup bot. */
export const UNWATCHED: Pick<TierPorts, 'canaries' | 'snapshots'> = {
  canaries: () => ({
    report: () => [],
    write: none,
    survived: none,
    refresh: () => Promise.resolve(),
    change: none,
    restored: none,
    drop: () => Promise.resolve(),
  }),
  snapshots: {
    list: () => Promise.resolve(undefined),
    files: () => Promise.resolve(undefined),
  },
}
