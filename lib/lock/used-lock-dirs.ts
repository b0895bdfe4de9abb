import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeFolder } from '../files/make-folder.js'
import { replaceFile } from '../files/replace-file.js'

/** Whose locks: two lock dirs for the same engine and suffix make runs blind to each other. */
export type LockSphere = { readonly engine: string; readonly suffix: string }

export type UsedLockDir = { readonly lockDir: string; readonly atMs: number; readonly file: string }

/** Remembers in the state dir which lock dir a run used, one file for each. Throws the system's error. */
export async function noteLockDir(
  stateDir: string,
  sphere: LockSphere,
  lockDir: string,
): Promise<void> {
  const { engine, suffix } = sphere
  const folder = folderIn(stateDir)
  await makeFolder(folder)
  const name = createHash('sha256')
    .update(JSON.stringify([engine, suffix, lockDir]))
    .digest('hex')
  const note = { engine, suffix, lockDir, at: new Date().toISOString() }
  await replaceFile(join(folder, `${name.slice(0, 16)}.json`), `${JSON.stringify(note)}\n`)
}

/** The lock dirs that runs of an engine and suffix have used. Never throws: what cannot be read tells nothing. */
export async function lockDirsOf(
  stateDir: string,
  sphere: LockSphere,
): Promise<readonly UsedLockDir[]> {
  const folder = folderIn(stateDir)
  const names = await readdir(folder).catch(() => [])
  const read = await Promise.all(names.map(name => readNote(join(folder, name), sphere)))
  return read.filter(note => note !== undefined)
}

async function readNote(file: string, sphere: LockSphere): Promise<UsedLockDir | undefined> {
  try {
    const note = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>
    const { engine, suffix, lockDir, at } = note
    if (engine !== sphere.engine || suffix !== sphere.suffix) return undefined
    if (typeof lockDir !== 'string' || typeof at !== 'string') return undefined
    return { lockDir, atMs: Date.parse(at), file }
  } catch {
    return undefined
  }
}

function folderIn(stateDir: string): string {
  return join(stateDir, 'lock-dirs')
}
