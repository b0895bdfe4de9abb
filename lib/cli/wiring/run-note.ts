import type { RunRequest } from '../../domain/request.js'
import type { LockNote } from '../../lock/note.js'

/** What the lockfiles of a run say about it, for people. */
export function noteOf({ runId, buildLink }: RunRequest, pid: number): LockNote {
  return { run_id: runId, pid, started: new Date().toISOString(), build: buildLink }
}
