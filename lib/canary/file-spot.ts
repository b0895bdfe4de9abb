import { backupPromise, type Kept } from '../backup/promise.js'
import type { FilePlace, FolderFacts } from './file-place.js'
import type { Spot } from './spot.js'
import { planVolumes, type VolumePlan } from './volume-plan.js'

/** One file in one volume. `value` is random: nothing else can have written it. */
export function fileSpot(
  plan: VolumePlan & { readonly file: string },
  place: FilePlace,
  value: string,
): Spot {
  let folder: FolderFacts | undefined
  const changed = `${value} changed`
  return {
    id: `volume ${plan.volume}`,
    kind: 'file',
    what: `file in volume "${plan.short}"`,
    key: plan.short,
    refused: plan.refused,
    mark: { volume: plan.volume, file: plan.file },
    volumes: [plan.volume],
    old: value,
    changed,
    where: () => `volume "${plan.short}"`,
    write: async () => {
      const written = await place.write(value)
      if (written.kind === 'found') folder = written.found
      return written
    },
    read: () => place.read(),
    change: async () => {
      const written = await place.write(changed)
      return written.kind === 'found' ? { kind: 'found', found: changed } : written
    },
    drop: () => place.remove(),
    notPromised: kept => fileNotPromised(kept, plan.volume),
    isExcluded: services => backupPromise(services, plan.volume).kind === 'excluded',
    sqliteFiles: () => folder?.sqlite ?? [],
    isRebuilt: () => place.allGone(folder?.witnesses ?? []),
  }
}

/**
 * Why a file canary is not expected back from a restore; undefined: it is. One that lies where none would be put now cannot
 * be changed before the restore, and proves nothing.
 */
export function fileNotPromised({ services, held }: Kept, volume: string): string | undefined {
  const now = planVolumes(services, {}).find(plan => plan.volume === volume)
  if (now?.refused !== undefined) return now.refused
  const promise = backupPromise(services, volume, held)
  switch (promise.kind) {
    case 'whole':
      return undefined
    case 'paths':
      return `only ${promise.paths.join(', ')} of the volume is backed up`
    case 'excluded':
      return 'the volume is left out of the backup'
    case 'none':
      return 'no label takes the volume into the backup'
  }
}
