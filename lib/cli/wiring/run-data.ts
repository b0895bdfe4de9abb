import { createSnapshots } from '../../backup/snapshots.js'
import { createCanaries } from '../../canary/canaries.js'
import type { TierPorts } from '../../run/ports.js'
import type { PreparedApp } from '../../run/prepared-app.js'
import type { RunWiring } from './run-wiring.js'

/** What watches the data of an app through its tiers: canaries and the snapshots of the backup bot. */
export function dataOf(
  { engine, abra, host, request, emit }: RunWiring,
  { meta }: PreparedApp,
): Pick<TierPorts, 'canaries' | 'snapshots'> {
  const { signal } = host.lifetime
  const { runId } = request
  return {
    canaries: ({ stack }, services) =>
      createCanaries({ engine, stack, runId, services, meta, emit }),
    snapshots: createSnapshots({ engine, abra, signal }),
  }
}
