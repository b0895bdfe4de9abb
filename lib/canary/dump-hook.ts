import { dumpHookOf } from '../backup/promise.js'
import type { ServiceFacts } from '../domain/stack-facts.js'
import { SERVERS, SQLITE } from './dialects.js'
import type { RowDialect } from './row-dialect.js'

/** A database as hooks see it. */
type Dumpable = {
  readonly dialect: RowDialect
  /** The service that has it, as it is now. */
  readonly own: ServiceFacts | undefined
  /** The volumes that hold it. */
  readonly volumes: readonly string[]
  /** All of these are left out of the backup: it is worth nothing to the recipe, as a rule. */
  readonly isLeftOut: boolean
}

const DIALECTS = [...SERVERS, SQLITE]
/** Servers that are more than a cache. */
const KEEPING = SERVERS.filter(({ kind }) => kind !== 'redis')

/** Where a client is told to connect to, or an address of a database. */
const HOST =
  /(?:\s-h\s*|--host[=\s]\s*|(?:postgres(?:ql)?|mysql|mariadb|mongodb)(?:\+\w+)?:\/\/(?:[^\s@/]*@)?)["']?([\w.-]+)/g

/**
 * Whether the hook that a service has before a backup dumps a database. The database's own hook does, unless its tool reads
 * another kind. One elsewhere must name the tool, and reach it: a file by its volume, a server by its name. A hook that names
 * no server of the stack (by a variable, an alias, a proxy) means the only one of the kind that has data. Of several it may
 * mean any, but not from beside one, which it dumps itself, and not one that is left out.
 */
export function isDumpedBy(
  service: ServiceFacts,
  database: Dumpable,
  services: readonly ServiceFacts[],
): boolean {
  const { dialect, own, volumes, isLeftOut } = database
  const hook = dumpHookOf(service)
  if (hook === '') return false
  const reads = dialect.dumps.test(hook)
  if (service.name === own?.name) return reads || !DIALECTS.some(each => each.dumps.test(hook))
  if (!reads) return false
  if (dialect === SQLITE)
    return !isLeftOut && service.mounts.some(({ volume }) => volumes.includes(volume))
  return isMeant(hook, database, services) ?? (!isLeftOut && !dialect.serves(service))
}

/** Whether a hook means a server, by its name or as the only one of its kind; undefined: that is not known. */
function isMeant(
  hook: string,
  { dialect, own }: Dumpable,
  services: readonly ServiceFacts[],
): boolean | undefined {
  const servers = services.filter(each => hasDataOf(dialect, each))
  const named = namedBy(hook, servers)
  if (named.length > 0) return named.includes(own)
  return isOnly(own, servers) ? true : undefined
}

/**
 * Whether a hook that names no tool we know (drush, `manage.py dumpdata`, a script) may dump a server: an app's own tool dumps
 * what the app has, which is sure of the stack's only server alone. A cache is none.
 */
export function mayBeDumpedBy(
  service: ServiceFacts,
  { own }: Pick<Dumpable, 'own'>,
  services: readonly ServiceFacts[],
): boolean {
  const hook = dumpHookOf(service)
  if (hook === '' || DIALECTS.some(each => each.dumps.test(hook))) return false
  if (SERVERS.some(each => each.serves(service))) return false
  const servers = services.filter(each => KEEPING.some(dialect => hasDataOf(dialect, each)))
  return isOnly(own, servers)
}

function isOnly(own: Dumpable['own'], servers: readonly ServiceFacts[]): boolean {
  return servers.length === 1 && servers[0] === own
}

function hasDataOf(dialect: RowDialect, service: ServiceFacts): boolean {
  return (
    dialect.serves(service) &&
    service.mounts.some(({ target }) => dialect.holdsData(target, service))
  )
}

/** Those of some services that a hook connects to. */
function namedBy(
  hook: string,
  services: readonly ServiceFacts[],
): readonly (ServiceFacts | undefined)[] {
  const hosts = [...hook.matchAll(HOST)].map(([, host]) => host)
  return services.filter(({ name, fullName }) => hosts.includes(name) || hosts.includes(fullName))
}
