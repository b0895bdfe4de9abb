import { backupCapable, dumpHookOf, keepsSomething, type Kept } from '../backup/promise.js'
import type { Check } from '../domain/check.js'
import { databaseServer } from '../domain/database-server.js'

/** A Redis that is left out is a cache, and to have it save is no dump. */
const COPIES = /dump|backup/i

/**
 * Databases that their own hook dumps where the backup takes nothing: the snapshot holds not a byte of them, and a restore
 * hook loads what happens to lie there.
 */
export function unkeptDumps(kept: Kept): readonly Check[] {
  const { services } = kept
  if (!backupCapable(services)) return []
  return services.filter(each => isDumped(each) && !keepsSomething(kept, each)).map(unkept)
}

type Service = Kept['services'][number]

function isDumped(service: Service): boolean {
  const server = databaseServer(service)
  const hook = dumpHookOf(service)
  if (server === undefined || hook === '') return false
  return server !== 'redis' || COPIES.test(hook)
}

function unkept(service: Service): Check {
  const sentence = `The pre-hook of "${service.name}" dumps its database, but the backup takes nothing of that service`
  return {
    name: `dump of "${service.name}" is kept`,
    status: 'fail',
    ms: 0,
    detail: sentence,
    cause: {
      class: 'backup_empty',
      sentence,
      evidence: `pre-hook: ${dumpHookOf(service).slice(0, 200)}`,
      fix: 'Let the hook write into a volume of the service, and name the file in backupbot.backup.volumes.<volume>.path',
    },
  }
}
