import { readdir, lstat } from 'node:fs/promises'
import { join } from 'node:path'
import { errnoOf } from '../domain/errno.js'

const ENDING = '.env'

/** The env files of a domain, whichever server they are under. Throws the system's error for an unreadable folder. */
export async function envFilesOf(abraDir: string, domain: string): Promise<string[]> {
  const paths = (await serverFolders(abraDir)).map(folder => join(folder, domain + ENDING))
  const found = await Promise.all(paths.map(exists))
  return paths.filter((_path, index) => found[index])
}

/** The domain of each env file there is, unchecked. */
export async function envFileDomains(abraDir: string): Promise<string[]> {
  const folders = await serverFolders(abraDir)
  const names = (await Promise.all(folders.map(namesIn))).flat()
  return names.filter(name => name.endsWith(ENDING)).map(name => name.slice(0, -ENDING.length))
}

async function serverFolders(abraDir: string): Promise<string[]> {
  const servers = join(abraDir, 'servers')
  return (await namesIn(servers)).map(name => join(servers, name))
}

/** A folder that is missing, or no folder, holds nothing. */
async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (isNothing(error)) return []
    throw error
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch (error) {
    if (isNothing(error)) return false
    throw error
  }
}

function isNothing(error: unknown): boolean {
  const code = errnoOf(error)
  return code === 'ENOENT' || code === 'ENOTDIR'
}
