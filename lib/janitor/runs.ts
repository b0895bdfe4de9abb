import { rename, rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Reached } from '../domain/crash-points.js'
import type { Emit } from '../domain/events.js'
import { errnoOf } from '../domain/errno.js'
import { RunLock } from '../lock/run-lock.js'
import { replaceFile } from '../files/replace-file.js'
import { OpenFolder } from './open-folder.js'
import { LEAVING, lookAtRuns, type RunsLook } from './run-folders.js'
import { readWhole } from './run-record.js'

export type RunsOptions = RunsLook & {
  /** Say, change nothing. */
  readonly dryRun: boolean
  readonly emit: Emit
  readonly reached?: Reached | undefined
}

/** What was done about one run folder. */
export type RunRow = {
  readonly run: string
  readonly action: 'abort' | 'trim'
  readonly done: boolean
  readonly error: string | null
}

/**
 * Marks the records of runs that were killed as aborted and trims old run folders; both only under a `run.lock` that
 * was won, so never of a run that lives. A folder without one is not ours. Never throws: a folder that cannot be
 * treated is told, and the next one follows.
 */
export async function tidyRuns(options: RunsOptions): Promise<RunRow[]> {
  const { running, old, leaving, begun } = await lookAtRuns(options)
  const rows: RunRow[] = []
  for (const name of running) rows.push(...(await attempt('abort', name, options)))
  for (const name of old) rows.push(...(await attempt('trim', name, options)))
  if (!options.dryRun) await finishTrims(leaving, options)
  if (!options.dryRun) await removeBegun(begun, options)
  return rows
}

/** One row, or none when the run lives or there turned out to be nothing to do. */
async function attempt(
  action: RunRow['action'],
  name: string,
  options: RunsOptions,
): Promise<RunRow[]> {
  try {
    using folder = OpenFolder.open(join(options.runsDir, name))
    const probed = RunLock.probe(folder.path(''))
    if (probed.outcome !== 'won') return []
    try {
      const act = action === 'abort' ? abort : trim
      if (!(await act(folder, name, options))) return []
      const done = !options.dryRun
      if (done) options.emit({ type: 'run.noted', text: SAID[action](name) })
      return [{ run: name, action, done, error: null }]
    } finally {
      probed.lock.release()
    }
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown.message : String(thrown)
    options.emit({
      type: 'run.warned',
      text: `Cannot ${action} the run folder "${name}": ${error}`,
    })
    return [{ run: name, action, done: false, error }]
  }
}

const SAID = {
  abort: (name: string) => `run ${name} was killed: its record says aborted now`,
  trim: (name: string) => `run folder ${name} trimmed: older than the runs that are kept`,
}

/** Whether the record still said running. */
async function abort(
  folder: OpenFolder,
  _name: string,
  { dryRun, reached }: RunsOptions,
): Promise<boolean> {
  const path = folder.path('results.json')
  const record = readWhole(path)
  if (typeof record !== 'object' || record === null) return false
  if (!('status' in record) || record.status !== 'running') return false
  const aborted = { ...record, status: 'aborted', reason: 'killed' }
  if (!dryRun) await replaceFile(path, `${JSON.stringify(aborted, null, 2)}\n`)
  reached?.('record.aborted')
  return true
}

/** Takes the folder out of sight at once and removes it then: what is seen is whole. */
async function trim(
  folder: OpenFolder,
  name: string,
  { runsDir, dryRun, reached }: RunsOptions,
): Promise<boolean> {
  const path = join(runsDir, name)
  const leaving = join(runsDir, `${LEAVING}${process.pid}-${name}`)
  if (!folder.isAt(path)) return false
  if (dryRun) return true
  await rename(path, leaving)
  if (!folder.isAt(leaving)) {
    await rename(leaving, path)
    return false
  }
  reached?.('trim.begun')
  await rm(leaving, { recursive: true, force: true })
  return true
}

/** Folders whose removal was cut short by the death of a janitor. */
async function finishTrims(names: readonly string[], { runsDir, emit }: RunsOptions) {
  for (const name of names) {
    await rm(join(runsDir, name), { recursive: true, force: true }).catch((error: unknown) => {
      emit({ type: 'run.warned', text: `Cannot remove "${name}": ${String(error)}` })
    })
  }
}

/**
 * Folders that a killed run had only begun. Whoever begins one locks it before anything else is in it, so an empty one may
 * go, and so may one whose lock is free; a run that lives and lost it so begins another.
 */
async function removeBegun(names: readonly string[], { runsDir, emit }: RunsOptions) {
  for (const name of names) {
    try {
      await removeIfDead(join(runsDir, name))
    } catch (error) {
      emit({ type: 'run.warned', text: `Cannot remove "${name}": ${String(error)}` })
    }
  }
}

async function removeIfDead(path: string): Promise<void> {
  const probed = RunLock.probe(path)
  if (probed.outcome === 'absent') {
    await rmdir(path).catch((error: unknown) => {
      if (!['ENOTEMPTY', 'ENOENT'].includes(errnoOf(error) ?? '')) throw error
    })
  }
  if (probed.outcome !== 'won') return
  try {
    await rm(path, { recursive: true, force: true })
  } finally {
    probed.lock.release()
  }
}
