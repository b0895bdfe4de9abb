import { EngineFault } from './engine-fault.js'
import type { Whose } from './census.js'
import { clear } from './removal.js'
import { listStep, removeItem, STEPS_TO_NETWORKS, type Step } from './take-down-steps.js'

// prettier-ignore
const STEPS: readonly Step[] = [
  ...STEPS_TO_NETWORKS,
  { name: 'volumes', kinds: ['volume'], limitMs: 20_000 },
]

/**
 * Removes the services and volumes of an app and keeps its secrets, configs and env file: the host after a disaster, with
 * the operator's own files still there. Throws EngineFault when something does not go.
 */
export async function emptyOut(whose: Whose, signal: AbortSignal): Promise<void> {
  for (const step of STEPS) {
    const { left } = await clear({
      list: () => listStep(whose, step, { signal }),
      remove: item => removeItem(whose.engine, item, { signal }),
      first: step.first,
      limitMs: step.limitMs,
      signal,
    })
    signal.throwIfAborted()
    if (left.length > 0)
      throw new EngineFault({
        path: `removal of ${step.name} of ${whose.domain}`,
        status: 0,
        why: `${left.length} still there`,
      })
  }
}
