import type { Cause } from '../domain/cause.js'

/**
 * Of two causes the one that came first, for what came after may only follow from it. One exception: a restore that
 * lost data and turns out to work where nothing is was not lost, and what was found out later says it better.
 */
export function firstCause(first: Cause | undefined, later: Cause | undefined): Cause | undefined {
  if (first === undefined) return later
  return first.class === 'restore_lost' && later?.class === 'restore_not_in_place' ? later : first
}
