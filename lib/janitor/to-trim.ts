/** A run folder as the janitor sees it: it has a `run.lock`. */
export type RunFolder = {
  readonly name: string
  /** When its run took its lock, ms since the epoch. */
  readonly startedMs: number
  /** As its record says; undefined when it says nothing. */
  readonly status: string | undefined
  readonly recipe: string | undefined
}

/** A run writes its record within moments of its start; without one, it was killed in them. */
const NO_RECORD_MS = 60 * 60 * 1000

/** The run folders to remove: all but the newest `keepRuns`, the newest of each recipe, and those still at it. */
export function toTrim(folders: readonly RunFolder[], keepRuns: number, now: Date): RunFolder[] {
  const newestFirst = [...folders].sort((a, b) => b.startedMs - a.startedMs)
  const newest = new Map<string, RunFolder>()
  for (const folder of newestFirst) {
    if (folder.recipe !== undefined && !newest.has(folder.recipe)) newest.set(folder.recipe, folder)
  }
  const kept = new Set(newest.values())
  return newestFirst
    .slice(keepRuns)
    .filter(folder => !kept.has(folder) && isOver(folder, now.getTime()))
}

function isOver({ status, startedMs }: RunFolder, nowMs: number): boolean {
  return status === undefined ? nowMs - startedMs > NO_RECORD_MS : status !== 'running'
}
