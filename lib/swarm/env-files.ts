import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { errnoOf } from '../domain/errno.js'

/** An env file, or what a killed run had written to replace one: `.<domain>.env.<digits>.tmp`. */
const FILE_OR_DRAFT = /^(?:(.+)\.env|\.(.+)\.env\.[0-9a-f]+\.tmp)$/

/** The env files of a domain, whichever server they are under. Throws the system's error for an unreadable folder. */
export async function envFilesOf(abraDir: string, domain: string): Promise<string[]> {
  const folders = await serverFolders(abraDir)
  const found = folders.map(async folder =>
    (await namesIn(folder))
      .filter(name => domainOf(name) === domain)
      .map(name => join(folder, name)),
  )
  return (await Promise.all(found)).flat()
}

/** The domain of each env file there is, unchecked. */
export async function envFileDomains(abraDir: string): Promise<string[]> {
  const folders = await serverFolders(abraDir)
  const names = (await Promise.all(folders.map(namesIn))).flat()
  return names.map(domainOf).filter(domain => domain !== undefined)
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

function domainOf(name: string): string | undefined {
  const [, file, draft] = FILE_OR_DRAFT.exec(name) ?? []
  return draft ?? file
}

function isNothing(error: unknown): boolean {
  const code = errnoOf(error)
  return code === 'ENOENT' || code === 'ENOTDIR'
}
