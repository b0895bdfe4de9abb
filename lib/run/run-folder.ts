import { lstat, mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { RunId } from '../domain/names.js'
import { AbsentFault } from '../errors.js'
import type { LockNote } from '../lock/note.js'
import { RunLock } from '../lock/run-lock.js'

/** Where the record of a run goes; locked for as long as the run lives. */
export type RunFolder = {
  readonly path: string
  /** Full output of children, one file for each kind. */
  readonly logs: string
  /** Held, not used: its loss would let a janitor call the run dead. */
  readonly lock: RunLock
}

/**
 * Makes the folder of a run; one of the same id is renamed `<id>.old-<n>`, never refused, never emptied.
 *
 * @throws AbsentFault when it cannot be written.
 */
export async function makeRunFolder(
  runsDir: string,
  runId: RunId,
  note: LockNote,
): Promise<RunFolder> {
  const path = join(runsDir, runId)
  try {
    await mkdir(runsDir, { recursive: true })
    await setAside(path)
    await mkdir(path)
    await mkdir(join(path, 'logs'))
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    throw new AbsentFault(
      `Cannot make the run folder "${path}": ${why}`,
      'Choose another --runs-dir, or make this one writable and not full',
      { cause: error },
    )
  }
  return { path, logs: join(path, 'logs'), lock: await RunLock.take(path, note) }
}

// Another run may rename the same folder at the same moment: the next number is tried.
async function setAside(path: string): Promise<void> {
  for (let number = 1; await exists(path); number += 1) {
    const aside = `${path}.old-${number}`
    if (await exists(aside)) continue
    await rename(path, aside).catch((error: unknown) => {
      const gone = error instanceof Error && 'code' in error && error.code === 'ENOENT'
      if (!gone) throw error
    })
  }
}

async function exists(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined)) !== undefined
}
