import type { Emit } from '../domain/events.js'

/** Time that was not ours: spent in abra, in Swarm or in the app. */
export type Floor = { add(ms: number): void }

export type Phases = {
  /** Runs one phase of the run, announced and timed; a phase that throws is timed as well. */
  in<T>(phase: string, act: (floor: Floor) => Promise<T>): Promise<T>
}

export function createPhases(emit: Emit, now: () => number): Phases {
  return {
    in: async (phase, act) => {
      const startedAt = now()
      let floorMs = 0
      emit({ type: 'phase.started', phase })
      try {
        return await act({ add: ms => (floorMs += ms) })
      } finally {
        emit({
          type: 'phase.finished',
          phase,
          ms: Math.round(now() - startedAt),
          floorMs: Math.round(floorMs),
        })
      }
    },
  }
}
