import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { errnoOf } from '../domain/errno.js'

/**
 * Makes a folder and what is missing above it. Node's own recursive mkdir never ends where a file system answers "no such
 * file" although the folder above is there, as /proc does. Throws the system's error.
 */
export async function makeFolder(path: string): Promise<void> {
  const above = dirname(path)
  try {
    await makeOne(path)
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT' || above === path) throw error
    await makeFolder(above)
    await makeOne(path)
  }
}

async function makeOne(path: string): Promise<void> {
  try {
    await mkdir(path)
  } catch (error) {
    const facts = await stat(path).catch(() => undefined)
    if (facts?.isDirectory() !== true) throw error
  }
}
