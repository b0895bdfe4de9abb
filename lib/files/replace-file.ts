import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/**
 * Puts a text in place of a file's content so that a reader, also after a crash, finds the old text or the new one,
 * never a part. Throws what the file system throws; the old file then stays.
 * `drafted` comes between the writing of the new file and the replacement.
 */
export async function replaceFile(path: string, text: string, drafted?: () => void): Promise<void> {
  const fresh = draftOf(path)
  try {
    await writeSynced(fresh, text)
    drafted?.()
    await rename(fresh, path)
  } catch (error) {
    await rm(fresh, { force: true }).catch(() => undefined) // the first error tells more
    throw error
  }
}

/** The same, done when it returns, and not waited for until it is on the disk. */
export function replaceFileNow(path: string, text: string): void {
  const fresh = draftOf(path)
  try {
    writeFileSync(fresh, text)
    renameSync(fresh, path)
  } catch (error) {
    rmSync(fresh, { force: true })
    throw error
  }
}

function draftOf(path: string): string {
  return join(dirname(path), `.${basename(path)}.${process.pid}.new`)
}

async function writeSynced(path: string, text: string): Promise<void> {
  await using file = await open(path, 'w')
  await file.writeFile(text)
  await file.sync()
}
