import { open } from 'node:fs/promises'
import type { Emit } from '../domain/events.js'
import { replaceFile, replaceFileNow } from '../files/replace-file.js'

export type RecordWriter = {
  /** Resolves when the text is on the disk. */
  readonly write: (path: string, text: string) => Promise<void>
  /** In place when it returns: the text survives our death from then on. */
  readonly writeNow: (path: string, text: string) => void
  /** Resolves when what a file holds survives the death of the host as well. */
  readonly sync: (path: string) => Promise<void>
}

/** Writes or warns, once for each reason: a record that can't be kept must not end the run. */
export function createRecordWriter(emit: Emit): RecordWriter {
  const said = new Set<string>()
  const warn = (path: string, error: unknown): void => {
    const why = reasonOf(error)
    if (said.has(why)) return
    said.add(why)
    emit({ type: 'run.warned', text: `Cannot write "${path}": ${why}` })
  }
  return {
    write: (path, text) =>
      replaceFile(path, text).catch((error: unknown) => {
        warn(path, error)
      }),
    writeNow: (path, text) => {
      try {
        replaceFileNow(path, text)
      } catch (error) {
        warn(path, error)
      }
    },
    sync: path =>
      syncFile(path).catch((error: unknown) => {
        warn(path, error)
      }),
  }
}

/** The record of a run that goes on. */
export type RunningRecord = {
  /** Writes what is known by now; it is in place when this returns. */
  readonly save: () => void
  /** No more writes. Resolves when the last one is on the disk. */
  readonly stop: () => Promise<void>
}

/**
 * Each save is a replacement that is done at once, so that nothing that comes after it can be known before it. Waiting for
 * the disk would hold up the whole run: that follows, and saves that come meanwhile share the next turn.
 */
export function createRunningRecord(
  { writeNow, sync }: Pick<RecordWriter, 'writeNow' | 'sync'>,
  path: string,
  text: () => string,
): RunningRecord {
  let last = Promise.resolve()
  let pending = false
  let stopped = false
  return {
    save: () => {
      if (stopped) return
      writeNow(path, text())
      if (pending) return
      pending = true
      last = last.then(() => {
        pending = false
        return sync(path)
      })
    },
    stop: () => {
      stopped = true
      return last
    },
  }
}

async function syncFile(path: string): Promise<void> {
  await using file = await open(path, 'r')
  await file.sync()
}

/** The system's code, or what was thrown. */
export function reasonOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}
