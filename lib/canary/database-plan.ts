import type { Meta } from '../domain/meta.js'
import type { ServiceFacts } from '../domain/stack-facts.js'
import { backupPromise, hasDumpHook, isBackedUp, shortName } from './backup-labels.js'
import { SERVERS, SQLITE } from './dialects.js'
import type { RowDialect } from './row-dialect.js'

/** A database of a stack, and whether canary rows may lie in it. */
export type DatabasePlan = {
  readonly service: string
  readonly dialect: RowDialect
  /** The volumes that hold its data, full names. */
  readonly volumes: readonly string[]
  /** The folders where they are mounted. */
  readonly folders: readonly string[]
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
    const mounts = service.mounts.filter(
      mount => !mount.readOnly && dialect.holdsData(mount.target, service),
    )
    const volumes = [...new Set(mounts.map(mount => mount.volume))]
    const shorts = volumes.map(volume => shortName(services, volume))
    const skip = [service.name, ...shorts].map(key => skips[key]).find(each => each !== undefined)
    const folders = mounts.map(mount => mount.target)
    const refused = skip?.skip ?? refusal(services, volumes)
    return [{ service: service.name, dialect, volumes, folders, refused }]
  })
}

function refusal(
  services: readonly ServiceFacts[],
  volumes: readonly string[],
): string | undefined {
  if (volumes.length === 0) return 'its data folder is not a named volume: the data is not kept'
  if (volumes.every(volume => shortName(services, volume) === volume)) {
    return "its volume does not carry the stack's name: it may be shared"
  }
  return undefined
}

/** Why rows are not expected back from a restore; undefined: they are. */
export function rowsNotPromised(
  services: readonly ServiceFacts[],
  plan: DatabasePlan,
): string | undefined {
  if (!services.some(isBackedUp)) return 'no service is labelled for backup'
  const own = services.find(service => service.name === plan.service)
  if (plan.dialect.kind === 'redis' && (own === undefined || !hasDumpHook(own))) {
    return 'a Redis without a backup hook of its own is taken for a cache'
  }
  const promises = plan.volumes.map(volume => backupPromise(services, volume))
  if (promises.some(promise => promise.kind === 'whole')) return undefined
  const dumped = services.some(
    service => dumpsFor(service, plan) && keepsSomething(services, service),
  )
  return dumped ? undefined : 'its volume is not in the backup as a whole, and no hook dumps it'
}

const DUMPS = /pg_dump|mysqldump|mariadb-dump|mongodump|sqlite3|dump/i

/** The database's own hook, or one elsewhere that dumps. */
function dumpsFor(service: ServiceFacts, plan: DatabasePlan): boolean {
  if (!hasDumpHook(service)) return false
  return service.name === plan.service || DUMPS.test(hookOf(service))
}

function hookOf(service: ServiceFacts): string {
  const key = 'backupbot.backup.pre-hook'
  return service.labels[key] ?? service.containerLabels[key] ?? ''
}

/** Whether anything that the service could dump into is backed up. */
function keepsSomething(services: readonly ServiceFacts[], service: ServiceFacts): boolean {
  return service.mounts.some(mount => {
    const promise = backupPromise(services, mount.volume)
    return promise.kind === 'whole' || promise.kind === 'paths'
  })
}
