import { lstatSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { MAKING } from '../lock/run-lock.js'
import { OpenFolder } from './open-folder.js'
import { readRecord } from './run-record.js'
import { toTrim, type RunFolder } from './to-trim.js'

export type RunsLook = {
  readonly runsDir: string
  /** Older run folders than this many are trimmed. */
  readonly keepRuns: number
  readonly now: () => Date
}

/** The run folders that may need something done, by name, sorted. */
export type RunsToTidy = {
  /** Their record says running: most do. */
  readonly running: readonly string[]
  readonly old: readonly string[]
  /** On their way out, cut short. */
  readonly leaving: readonly string[]
  /** Begun by a run that lives, or by one that was killed. */
  readonly begun: readonly string[]
}

/** Begins the name of a folder on its way out; no run id begins so. */
export const LEAVING = '.trimmed-'

/** Looks at all run folders without asking for a lock. A folder without `run.lock` is not ours. Never throws. */
export async function lookAtRuns({ runsDir, keepRuns, now }: RunsLook): Promise<RunsToTidy> {
  const names = (await readdir(runsDir).catch(() => [])).sort()
  const ours = names.flatMap(name => lookAtFolder(runsDir, name) ?? [])
  return {
    running: ours.filter(({ status }) => status === 'running').map(({ name }) => name),
    old: toTrim(ours, keepRuns, now()).map(({ name }) => name),
    leaving: names.filter(name => name.startsWith(LEAVING)),
    begun: names.filter(name => name.startsWith(MAKING)),
  }
}

function lookAtFolder(runsDir: string, name: string): RunFolder | undefined {
  if (name.startsWith(LEAVING) || name.startsWith(MAKING)) return undefined
  try {
    using folder = OpenFolder.open(join(runsDir, name))
    const lock = lstatSync(folder.path('run.lock'))
    if (!lock.isFile()) return undefined
    return { name, startedMs: lock.mtimeMs, ...readRecord(folder.path('results.json')) }
  } catch {
    return undefined // no folder, or none of ours
  }
}
