import type { TaskFacts } from '../domain/stack-facts.js'

const OWN_ENDS = new Set(['complete', 'failed', 'rejected'])
const NO_MORE = new Set(['shutdown', 'remove'])

/** A task that has ended by itself; in any other state that is not to run, it was taken away. */
export function endedItself({ state }: TaskFacts): boolean {
  return OWN_ENDS.has(state)
}

/** Names the replica that a task is an attempt at, of a global service the node. */
export function placeOf({ slot, nodeId }: TaskFacts): string {
  return slot === 0 ? nodeId : String(slot)
}

/** The tasks of one replica, of a global service those on one node; oldest first. */
export type Place = readonly TaskFacts[]

export function placesOf(tasks: readonly TaskFacts[]): readonly Place[] {
  const places = new Map<string, TaskFacts[]>()
  for (const task of tasks.toSorted((a, b) => a.createdAtMs - b.createdAtMs)) {
    const key = placeOf(task)
    places.set(key, [...(places.get(key) ?? []), task])
  }
  return [...places.values()]
}

/**
 * Where a global service is to run. How many of its tasks are to run at the moment does not tell: none is between two
 * attempts, nor once Swarm has given up. A node that was drained, or does not fit any more, is no place.
 */
export function globalPlaces(tasks: readonly TaskFacts[]): readonly Place[] {
  return placesOf(tasks).filter(place => {
    const newest = place.at(-1)
    const isOver = newest !== undefined && endedItself(newest)
    return isOver || place.some(task => !NO_MORE.has(task.desiredState))
  })
}
