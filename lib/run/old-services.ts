import type { ServiceFacts } from '../swarm/stack.js'
import type { Progress } from './bench.js'

/**
 * Names of the services that an older version left running: abra prunes nothing. They were there before a deploy, and what
 * it deployed does not mean them. With nothing meant, which is when the compose files cannot be read, none is called old.
 */
export function oldServices(
  before: readonly ServiceFacts[],
  meant: readonly string[],
): readonly string[] {
  if (meant.length === 0) return []
  return before.map(({ name }) => name).filter(name => !meant.includes(name))
}

/** The services of the deployed version: one that only an older one had speaks neither for its data nor for its labels. */
export function withoutOld(
  { old }: Pick<Progress, 'old'>,
  services: readonly ServiceFacts[],
): readonly ServiceFacts[] {
  return services.filter(({ name }) => !old.includes(name))
}
