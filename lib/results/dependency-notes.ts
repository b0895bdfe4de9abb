import type { HappeningBody } from '../domain/events.js'
import type { DependencyReport } from '../domain/results.js'

type Of<Type extends HappeningBody['type']> = Extract<HappeningBody, { readonly type: Type }>
type Known = Map<string, DependencyReport>

const NOT_REACHED = 'not reached'

/** Until it is told as ready, a declared dependency counts as not verified. */
export function noteDeclared(known: Known, { dependencies = [] }: Of<'plan.resolved'>): void {
  for (const { recipe, reason, ...planned } of dependencies) {
    const why = reason === '' ? NOT_REACHED : reason
    known.set(recipe, { name: recipe, ...planned, ready: false, verified: false, reason: why })
  }
}

export function noteReady(known: Known, seen: Of<'dependency.ready'>): void {
  const { recipe: name, domain, version } = seen
  known.set(name, { name, domain, version, ready: true, verified: true, reason: '' })
}

/** Without a domain it is about a test that was skipped: what was wrong before that tells more. */
export function noteUnverified(known: Known, seen: Of<'dependency.unverified'>): void {
  const { recipe: name, domain, reason } = seen
  const before = known.get(name) ?? blank(name, domain ?? '')
  const told = !before.verified && before.reason !== NOT_REACHED
  if (domain === undefined && told) return
  known.set(name, { ...before, verified: false, reason })
}

function blank(name: string, domain: string): DependencyReport {
  return { name, domain, version: null, ready: false, verified: false, reason: NOT_REACHED }
}
