import { randomBytes } from 'node:crypto'
import { open, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { errnoOf } from '../domain/errno.js'
import { FileLock } from '../lock/file-lock.js'

/** What came of writing below a folder: where it was tried, and why it did not work. */
export type Trial = { readonly at: string; readonly why: string | undefined }

/**
 * Writes a file of a few bytes, synced, and removes it: permissions alone do not tell of a read-only mount, a quota or a
 * full disk. Where the folder is not there, its nearest parent is tried, in which a run would make it.
 */
export async function tryWriting(dir: string): Promise<Trial> {
  const at = await nearestThere(dir)
  const path = join(at, `.recipe-ci-doctor-${randomBytes(4).toString('hex')}`)
  try {
    await using file = await open(path, 'wx', 0o600)
    await file.writeFile('is this writable?\n')
    await file.sync()
    return { at, why: undefined }
  } catch (error) {
    return { at, why: errnoOf(error) ?? String(error) }
  } finally {
    await rm(path, { force: true }).catch(() => undefined)
  }
}

/** Takes a lock of a file of its own, as a run does, and lets go. Resolves to why that did not work. */
export function tryLocking(dir: string, pid: number): string | undefined {
  const path = join(dir, `.recipe-ci-doctor-${pid}.lock`)
  const probed = FileLock.probe(path, { create: true, touch: true })
  if (probed.outcome === 'won') {
    probed.lock.unlink()
    probed.lock.release()
    return undefined
  }
  return 'why' in probed ? probed.why : probed.outcome
}

export async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined
}

/** The folder, or the nearest one above it that is there. */
async function nearestThere(dir: string): Promise<string> {
  let at = dir
  while (!(await isThere(at)) && at !== dirname(at)) at = dirname(at)
  return at
}
