import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Reached } from '../domain/crash-points.js'
import type { RunId } from '../domain/names.js'
import { AbsentFault, Fault } from '../errors.js'
import type { LockNote } from '../lock/note.js'
import { errnoOf } from '../domain/errno.js'
import { MAKING, RunLock } from '../lock/run-lock.js'
import { makeFolder } from '../files/make-folder.js'
import { setAside, type SettingAside } from './set-aside.js'

/** Where the record of a run goes; locked for as long as the run lives. */
export type RunFolder = {
  readonly path: string
  /** Full output of children, one file for each kind. */
  readonly logs: string
  /** Held, not used: its loss would let a janitor call the run dead. */
  readonly lock: RunLock
}

type Making = SettingAside & { readonly note: LockNote; readonly reached: Reached }

/** How often a janitor may take the folder away before its lock is held. */
const TRIES = 20

/**
 * Makes the folder of a run; one of the same id is renamed `<id>.old-<n>`, never refused, never emptied: at once when its
 * run is over, else as soon as it is. It gets its name when its lock is held already: a folder that a killed run had only
 * begun can be told from one that is none of ours.
 *
 * @throws AbsentFault when it cannot be written, LockFault when it cannot be locked, the signal's reason.
 */
export async function makeRunFolder(
  runsDir: string,
  runId: RunId,
  making: Making,
): Promise<RunFolder> {
  const path = join(runsDir, runId)
  try {
    await makeFolder(runsDir)
    const { begun, lock } = await begin(runsDir, making)
    try {
      await mkdir(join(begun, 'logs'))
      await moveIn(begun, path, making)
    } catch (error) {
      await rm(begun, { recursive: true, force: true }).catch(() => undefined)
      lock.release()
      throw error
    }
    making.reached('folder.made')
    return { path, logs: join(path, 'logs'), lock }
  } catch (error) {
    if (error instanceof Fault || making.signal.aborted) throw error
    throw new AbsentFault(
      `Cannot make the run folder "${path}": ${errnoOf(error) ?? String(error)}`,
      'Choose another --runs-dir, or make this one writable and not full',
      { cause: error },
    )
  }
}

async function begin(runsDir: string, { note, reached }: Making) {
  for (let tries = 1; ; tries += 1) {
    const begun = join(runsDir, `${MAKING}${process.pid}-${randomBytes(4).toString('hex')}`)
    await mkdir(begun)
    reached('folder.begun')
    try {
      return { begun, lock: await RunLock.take(begun, note) }
    } catch (error) {
      if (tries > TRIES || existsSync(begun)) throw error
    }
  }
}

// Another run of the same id may move its folder in at the same moment.
async function moveIn(begun: string, path: string, making: Making): Promise<void> {
  for (;;) {
    await setAside(path, making)
    try {
      await rename(begun, path)
      return
    } catch (error) {
      if (!['ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(errnoOf(error) ?? '')) throw error
    }
  }
}
