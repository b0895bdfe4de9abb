import type { Listing } from '../backup/snapshots.js'
import { backupCapable } from '../backup/promise.js'
import type { Bench } from './bench.js'

/**
 * Asks for the snapshots there are while a deploy settles: to open the backup repository takes restic a second, and a
 * settling deploy many. Only for an app that will be backed up; nobody waits for it here, and a failure is met where the
 * answer is wanted.
 */
export function listEarly(bench: Bench): void {
  if (!bench.facts.requested.includes('backup')) return
  const listing = list(bench)
  listing.catch(() => undefined)
  bench.progress.earlier = listing
}

async function list({ facts, ports }: Bench): Promise<Listing | undefined> {
  const capable = facts.meta.backupCapable ?? backupCapable(await ports.readStack(facts.app.stack))
  if (!capable) return undefined
  return ports.phases.in('snapshots before', () => ports.snapshots.list(facts.app))
}
