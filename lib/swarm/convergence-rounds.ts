import { isDatabase } from '../domain/database-server.js'
import type { ServiceFacts, TaskFacts } from '../domain/stack-facts.js'

/** Nobody lets a server that ended wait for this long: the service does its work now and then. */
const PAUSE_MS = 60_000

/**
 * Whether a task is one finished round of a service that does its work, ends, and is started again much later. What is asked
 * for its health is meant to stay, and so is a database: one that goes to the background ends with 0 as well.
 */
export function isRound(service: ServiceFacts, { state, exitCode }: TaskFacts): boolean {
  if (service.healthcheck !== undefined || isDatabase(service)) return false
  return service.restartDelayMs >= PAUSE_MS && state === 'complete' && (exitCode ?? 0) === 0
}
