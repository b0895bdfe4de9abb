import type { ServiceFacts, TaskFacts } from '../domain/stack-facts.js'

/** Nobody lets a server that ended wait for this long: the service does its work now and then. */
const PAUSE_MS = 60_000

/** Whether a task is one finished round of a service that does its work, ends, and is started again much later. */
export function isRound({ restartDelayMs }: ServiceFacts, { state, exitCode }: TaskFacts): boolean {
  return restartDelayMs >= PAUSE_MS && state === 'complete' && (exitCode ?? 0) === 0
}
