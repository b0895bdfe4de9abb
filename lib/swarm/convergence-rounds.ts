import type { ServiceFacts, TaskFacts } from '../domain/stack-facts.js'

/** Nobody lets a server that ended wait for this long: the service does its work now and then. */
const PAUSE_MS = 60_000

/**
 * Whether a task is one finished round of a service that does its work, ends, and is started again much later. What is asked
 * for its health is meant to stay, and ends with 0 as well where it goes to the background.
 */
export function isRound(service: ServiceFacts, { state, exitCode }: TaskFacts): boolean {
  if (service.healthcheck !== undefined) return false
  return service.restartDelayMs >= PAUSE_MS && state === 'complete' && (exitCode ?? 0) === 0
}
