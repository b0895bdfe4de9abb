import type { Timing, Wait } from '../domain/results.js'

type Phase = {
  readonly name: string
  readonly startedAtMs: number
  wallMs: number | undefined
  floorMs: number
  readonly waits: Map<string, number>
}

/** Where the time of a run goes: phases (some overlap) and what was waited for in each. */
export type Timings = {
  readonly start: (phase: string) => void
  readonly finish: (phase: string, ms: number, floorMs: number) => void
  readonly startWait: (reason: string) => void
  /** Counts for the phase that is named, else for the one that started last and is still open. */
  readonly finishWait: (wait: Wait, phase: string | undefined) => void
  readonly rows: () => readonly Timing[]
  readonly openPhase: () => string | undefined
  readonly openWait: () => string | undefined
}

export function createTimings(now: () => number): Timings {
  const startedAtMs = now()
  const phases: Phase[] = []
  const waiting: string[] = []
  const open = (name?: string) =>
    phases.findLast(one => one.wallMs === undefined && (name === undefined || one.name === name))
  const start = (name: string) => {
    const phase: Phase = {
      name,
      startedAtMs: now(),
      wallMs: undefined,
      floorMs: 0,
      waits: new Map(),
    }
    phases.push(phase)
    return phase
  }
  return {
    start,
    finish: (name, ms, floorMs) => {
      const phase = open(name) ?? start(name)
      phase.wallMs = ms
      phase.floorMs = floorMs
    },
    startWait: reason => waiting.push(reason),
    finishWait: (wait, name) => {
      const index = waiting.lastIndexOf(wait.for)
      if (index >= 0) waiting.splice(index, 1)
      const phase =
        (name === undefined ? undefined : named(phases, name)) ?? open() ?? phases.at(-1)
      phase?.waits.set(wait.for, (phase.waits.get(wait.for) ?? 0) + wait.ms)
    },
    rows: () => phases.map(phase => rowOf(phase, { startedAtMs, nowMs: now() })),
    openPhase: () => open()?.name,
    openWait: () => waiting.at(-1),
  }
}

function named(phases: readonly Phase[], name: string): Phase | undefined {
  return phases.findLast(one => one.name === name)
}

function rowOf(phase: Phase, run: { startedAtMs: number; nowMs: number }): Timing {
  return {
    phase: phase.name,
    start_ms: Math.round(phase.startedAtMs - run.startedAtMs),
    wall_ms: Math.round(phase.wallMs ?? run.nowMs - phase.startedAtMs),
    floor_ms: Math.round(phase.floorMs),
    waits: [...phase.waits].map(([reason, ms]) => ({ for: reason, ms: Math.round(ms) })),
  }
}
