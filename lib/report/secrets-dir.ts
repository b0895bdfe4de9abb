import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { readBeginning } from '../files/read-beginning.js'

/** A secret is short; of a longer file the beginning is enough to tell it by. */
const LONGEST_SECRET = 16 * 1024
const MOST_FILES = 1000
const DEEPEST = 4

export type SecretsRead = {
  readonly values: readonly string[]
  /** Files that exist and could not be read: their values will not be masked. */
  readonly unreadable: readonly string[]
}

/** All values below a folder of secrets, links followed. A folder that does not exist holds none. Never throws. */
export async function readSecrets(dir: string): Promise<SecretsRead> {
  const values: string[] = []
  const unreadable: string[] = []
  await visit(dir, 0)
  return { values, unreadable }

  async function visit(path: string, depth: number): Promise<void> {
    if (depth > DEEPEST || values.length >= MOST_FILES) return
    try {
      const found = await stat(path)
      if (found.isDirectory())
        for (const name of (await readdir(path)).sort()) await visit(join(path, name), depth + 1)
      else if (found.isFile()) values.push(readBeginning(path, LONGEST_SECRET))
    } catch (error) {
      if (!isAbsent(error)) unreadable.push(path)
    }
  }
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
