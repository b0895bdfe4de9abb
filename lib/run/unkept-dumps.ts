import {
  backupCapable,
  backupPromise,
  dumpHookOf,
  keepsSomething,
  type Kept,
} from '../backup/promise.js'
import type { Check } from '../domain/check.js'
import { databaseServer } from '../domain/database-server.js'
import { dumpTargets, type DumpTarget } from './dump-target.js'
import type { SnapshotEntry } from './snapshot-checks.js'

/** A Redis that is left out is a cache, and to have it save is no dump. */
const COPIES = /dump|backup/i

/**
 * Dumps that a hook makes where the backup takes nothing: the snapshot holds not a byte of the database, and a restore hook
 * loads what happens to lie there. `entries`: undefined where nobody could read the snapshot.
 */
export function unkeptDumps(kept: Kept, entries?: readonly SnapshotEntry[]): readonly Check[] {
  const { services } = kept
  if (!backupCapable(services)) return []
  return services.flatMap(service => {
    if (isDumped(service) && !keepsSomething(kept, service)) return [unkept(service)]
    const lost = dumpTargets(dumpHookOf(service)).find(
      target =>
        isLost(kept, service, target) && !isWhole(kept, target) && isMissing(target, entries),
    )
    return lost === undefined ? [] : [elsewhere(service, lost)]
  })
}

type Service = Kept['services'][number]

function isDumped(service: Service): boolean {
  const server = databaseServer(service)
  const hook = dumpHookOf(service)
  if (server === undefined || hook === '') return false
  return server !== 'redis' || COPIES.test(hook)
}

/** Whether a path in a service's container lies in nothing that is backed up: bots read volumes, and no container. */
function isLost({ services, held }: Kept, { mounts }: Service, { path }: DumpTarget): boolean {
  const [mount] = mounts
    .map(({ volume, target }) => ({ volume, folder: `${target.replace(/\/+$/, '')}/` }))
    .filter(({ folder }) => path.startsWith(folder))
    .sort((a, b) => b.folder.length - a.folder.length)
  if (mount === undefined) return true
  const promise = backupPromise(services, mount.volume, held)
  if (promise.kind !== 'paths') return promise.kind !== 'whole'
  const inside = path.slice(mount.folder.length)
  return !promise.paths.some(each => inside === each || inside.startsWith(`${each}/`))
}

/** Whether the database itself is in the backup: then its dump may go where it likes. */
function isWhole({ services, held }: Kept, { kind }: DumpTarget): boolean {
  return services
    .filter(service => databaseServer(service) === kind)
    .flatMap(({ mounts }) => mounts)
    .some(({ volume }) => backupPromise(services, volume, held).kind === 'whole')
}

/** An older bot copied paths out of containers, and a folder may be a link into a volume: the snapshot knows. */
function isMissing({ path }: DumpTarget, entries: readonly SnapshotEntry[] | undefined): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const isDump = (entry: SnapshotEntry) => entry.bytes > 0 && entry.path.split('/').includes(name)
  return entries !== undefined && !entries.some(isDump)
}

function unkept(service: Service): Check {
  return failed(service, {
    sentence: `The pre-hook of "${service.name}" dumps its database, but the backup takes nothing of that service`,
    fix: 'Let the hook write into a volume of the service, and name the file in backupbot.backup.volumes.<volume>.path',
  })
}

function elsewhere(service: Service, { path }: DumpTarget): Check {
  return failed(service, {
    sentence: `The pre-hook of "${service.name}" dumps a database to "${path}", and nothing that is backed up holds that`,
    fix: `Let the hook write into a volume of "${service.name}" that is in the backup: no path out of a container is, whatever backupbot.backup.path says`,
  })
}

function failed(
  service: Service,
  said: { readonly sentence: string; readonly fix: string },
): Check {
  const evidence = `pre-hook: ${dumpHookOf(service).slice(0, 200)}`
  return {
    name: `dump of "${service.name}" is kept`,
    status: 'fail',
    ms: 0,
    detail: said.sentence,
    cause: { class: 'backup_empty', evidence, ...said },
  }
}
