import type { TaskFacts } from '../domain/stack-facts.js'

/** How a task ends by itself; in any other state that is not to run, it was taken away. */
const OWN_ENDS = new Set(['complete', 'failed', 'rejected'])

/**
 * The newest task of a global service on each node that is to run it. How many are to run at the moment does not tell: none
 * does between two attempts, nor once Swarm has given up. A node that was drained, or does not fit any more, is none.
 */
export function placesOf(tasks: readonly TaskFacts[]): readonly TaskFacts[] {
  const newest = new Map<string, TaskFacts>()
  for (const task of tasks) {
    const known = newest.get(task.nodeId)
    if (known === undefined || task.createdAtMs >= known.createdAtMs) newest.set(task.nodeId, task)
  }
  return [...newest.values()].filter(task => !isTakenAway(task))
}

function isTakenAway({ state, desiredState }: TaskFacts): boolean {
  return ['shutdown', 'remove'].includes(desiredState) && !OWN_ENDS.has(state)
}
