import { appendFileSync } from 'node:fs'
import type { CrashPoint, Reached } from '../domain/crash-points.js'

export type CrashOptions = {
  /** Undefined: nowhere. */
  readonly at: CrashPoint | undefined
  /** Each point that is come past is appended to this file. */
  readonly log: string | undefined
}

/** For the self-test: kills this very process, at once and without a trace, when it comes past a point. */
export function crashPoints({ at, log }: CrashOptions, pid = process.pid): Reached {
  if (at === undefined && log === undefined) return () => undefined
  return point => {
    if (log !== undefined) appendFileSync(log, `${point}\n`)
    // Returns only when the signal has been delivered: nothing behind it runs.
    if (point === at) process.kill(pid, 'SIGKILL')
  }
}
