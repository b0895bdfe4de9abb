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

/** Where a client is told to connect to, or an address of a database. */
const HOST =
  /(?:\s-h\s*|--host[=\s]\s*|(?:postgres(?:ql)?|mysql|mariadb|mongodb)(?:\+\w+)?:\/\/(?:[^\s@/]*@)?)["']?([\w.-]+)/g

/**
 * Whether the hook that a service has before a backup dumps a database. The database's own hook does, unless its tool reads
 * another kind. One elsewhere must name the tool, and reach it: a file by its volume, a server by its name; a hook that
 * names nobody of the stack may mean any server of the kind, but not from beside one, which it dumps itself, and not one
 * that is left out.
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
  const named = namedBy(hook, services)
  return named.length > 0 ? named.includes(own) : !isLeftOut && !dialect.serves(service)
}

/** The services of the stack that a hook connects to. */
function namedBy(
  hook: string,
  services: readonly ServiceFacts[],
): readonly (ServiceFacts | undefined)[] {
  const hosts = [...hook.matchAll(HOST)].map(([, host]) => host)
  return services.filter(({ name, fullName }) => hosts.includes(name) || hosts.includes(fullName))
}
