import type { Meta } from '../domain/meta.js'
import type { ServiceFacts } from '../domain/stack-facts.js'
import {
  backupPromise,
  dumpHookOf,
  isBackedUp,
  keepsSomething,
  shortName,
  type Kept,
} from '../backup/promise.js'
import { SERVERS, SQLITE } from './dialects.js'
import { isDumpedBy, mayBeDumpedBy } from './dump-hook.js'
import type { RowDialect } from './row-dialect.js'
import { contentElsewhere } from './volume-content.js'
import { READ_ONLY } from './volume-plan.js'

type DataMount = { readonly volume: string; readonly target: string }

/** A database of a stack, and whether canary rows may lie in it. */
export type DatabasePlan = {
  readonly service: string
  readonly dialect: RowDialect
  /** The volumes that hold its data, by full name, and where they are mounted. */
  readonly mounts: readonly DataMount[]
  /** Why no rows may be written; undefined: they may. */
  readonly refused: string | undefined
}

/** The databases that a stack's services look like; a service that is no server is asked for SQLite files. */
export function planDatabases(
  services: readonly ServiceFacts[],
  skips: Meta['canary'],
): readonly DatabasePlan[] {
  return services.flatMap(service => {
    const dialect = SERVERS.find(each => each.serves(service)) ?? SQLITE
    if (!dialect.serves(service)) return []
    const all = service.mounts.filter(
      mount => !mount.readOnly && dialect.holdsData(mount.target, service),
    )
    // A server's data may lie in any of them; of files, those in the other volumes will do.
    const kept = all.filter(
      mount =>
        contentElsewhere(mount) === undefined && shortName(services, mount.volume) !== mount.volume,
    )
    const used = dialect === SQLITE && kept.length > 0 ? kept : all
    const mounts = used.map(({ volume, target }) => ({ volume, target }))
    const keys = [service.name, ...all.map(({ volume }) => shortName(services, volume))]
    const skip = keys.map(key => skips[key]).find(each => each !== undefined)
    const elsewhere = used.map(contentElsewhere).find(each => each !== undefined)
    const refused = skip?.skip ?? elsewhere ?? refusal(services, mounts)
    return [{ service: service.name, dialect, mounts, refused }]
  })
}

function refusal(
  services: readonly ServiceFacts[],
  mounts: readonly DataMount[],
): string | undefined {
  if (mounts.length === 0) return 'its data folder is not a named volume: the data is not kept'
  if (mounts.every(({ volume }) => shortName(services, volume) === volume)) {
    return "its volume does not carry the stack's name: it may be shared"
  }
  return undefined
}

/** Why rows in `database` are not expected back from a restore; undefined: they are. */
export function rowsNotPromised(
  kept: Kept,
  plan: DatabasePlan,
  database: string | undefined,
): string | undefined {
  const { services } = kept
  if (!services.some(isBackedUp)) return 'no service is labelled for backup'
  const own = services.find(service => service.name === plan.service)
  if (plan.dialect.kind === 'redis' && (own === undefined || dumpHookOf(own) === '')) {
    return 'a Redis without a backup hook of its own is taken for a cache'
  }
  const holders = holdersOf(plan, database)
  const volumes = holders.map(({ volume }) => volume)
  if (isReadOnly(own, volumes)) return READ_ONLY
  if (holders.some(mount => isKept(kept, mount, database))) return undefined
  const dumpable = {
    dialect: plan.dialect,
    own,
    volumes,
    isLeftOut: areLeftOut(services, holders),
  }
  const dumped = services.some(
    service => isDumpedBy(service, dumpable, services) && keepsSomething(kept, service),
  )
  return dumped ? undefined : 'its volume is not in the backup as a whole, and no dump of it is'
}

/**
 * Whether the recipe leaves all that holds a database out of its backups: then it is nothing worth keeping, unless a hook may
 * dump it in a way that we do not know.
 */
export function rowsExcluded(
  services: readonly ServiceFacts[],
  plan: DatabasePlan,
  database: string | undefined,
): boolean {
  if (!areLeftOut(services, holdersOf(plan, database))) return false
  const own = services.find(service => service.name === plan.service)
  const mayBeKept = services.some(
    each => mayBeDumpedBy(each, { own }, services) && keepsSomething({ services }, each),
  )
  return !mayBeKept && rowsNotPromised({ services }, plan, database) !== undefined
}

/** Whether a service may no longer write to volumes that it mounts: rows in them cannot be changed before a restore. */
function isReadOnly(service: ServiceFacts | undefined, volumes: readonly string[]): boolean {
  const mounts = service?.mounts.filter(({ volume }) => volumes.includes(volume)) ?? []
  return mounts.length > 0 && mounts.every(({ readOnly }) => readOnly)
}

function areLeftOut(services: readonly ServiceFacts[], mounts: readonly DataMount[]): boolean {
  const isOut = ({ volume }: DataMount) => backupPromise(services, volume).kind === 'excluded'
  return mounts.length > 0 && mounts.every(isOut)
}

/** Where a database lies: of one that is a file, the mount nearest to it. */
export function holdersOf(
  { mounts }: Pick<DatabasePlan, 'mounts'>,
  database: string | undefined,
): readonly DataMount[] {
  const above = mounts
    .filter(({ target }) => database?.startsWith(`${trimmed(target)}/`))
    .sort((a, b) => b.target.length - a.target.length)
  return above.length > 0 ? above.slice(0, 1) : mounts
}

function isKept(
  { services, held }: Kept,
  { volume, target }: DataMount,
  database: string | undefined,
): boolean {
  const promise = backupPromise(services, volume, held)
  if (promise.kind === 'whole') return true
  if (promise.kind !== 'paths' || !database?.startsWith(`${trimmed(target)}/`)) return false
  const inside = database.slice(trimmed(target).length + 1)
  return promise.paths.some(path => inside === path || inside.startsWith(`${path}/`))
}

export function trimmed(target: string): string {
  return target.replace(/\/+$/, '')
}
