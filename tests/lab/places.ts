import { createHash, randomBytes } from 'node:crypto'
import { mkdir, open, readFile, rename, stat, writeFile, type FileHandle } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { flockSync } from 'fs-ext'

export const isRoot = process.getuid?.() === 0

/** Where built root file systems and the Traefik binary are kept, outside any clone, keyed by content. */
export const CACHE_DIR =
  process.env['RECIPE_CI_LAB_CACHE'] ??
  (isRoot ? '/var/cache/recipe-ci-lab' : join(homedir(), '.cache/recipe-ci-lab'))

/** Where the labs of this machine live: one folder each, and what they share. */
export const LABS_DIR =
  process.env['RECIPE_CI_LAB_DIR'] ??
  (isRoot ? '/var/lib/recipe-ci-lab' : join(homedir(), '.local/share/recipe-ci-lab'))

export type Log = (line: string) => void

const LOCK_POLL_MS = 100

/** Runs `act` while no other lab command of this machine changes what the labs share. */
export async function alone<T>(log: Log, act: () => Promise<T>): Promise<T> {
  const file = await lock(log)
  try {
    return await act()
  } finally {
    await file.close()
  }
}

/** The last lab down removes the lock file as well: whoever waited for that one begins anew. */
async function lock(log: Log): Promise<FileHandle> {
  const path = join(LABS_DIR, 'lock')
  for (let told = false; ;) {
    await mkdir(LABS_DIR, { recursive: true })
    const file = await open(path, 'a')
    while (!tryLock(file.fd)) {
      if (!told) log('waiting for another lab command to end')
      told = true
      await sleep(LOCK_POLL_MS)
    }
    const named = await stat(path).catch(() => undefined)
    if (named?.ino === (await file.stat()).ino) return file
    await file.close()
  }
}

function tryLock(fd: number): boolean {
  try {
    flockSync(fd, 'exnb')
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return false
    throw error
  }
}

/** What this machine's labs sign their stacks with: a random word, made once. */
export async function ownerId(): Promise<string> {
  const file = join(LABS_DIR, 'id')
  const kept = await readFile(file, 'utf8').catch(() => '')
  if (kept !== '') return kept.trim()
  const made = randomBytes(8).toString('hex')
  await writeWhole(file, `${made}\n`)
  return made
}

/** Twelve hex digits that change with any of the parts. */
export function contentKey(...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 12)
}

/** Writes a file so that a reader sees the old text or the new one, and leaves it alone when nothing changes. */
export async function writeWhole(path: string, text: string): Promise<void> {
  if ((await readFile(path, 'utf8').catch(() => undefined)) === text) return
  await mkdir(dirname(path), { recursive: true })
  await writeFile(`${path}.new`, text)
  await rename(`${path}.new`, path)
}

/** @throws SyntaxError when the file is there and is no JSON */
export async function readJson<T>(path: string, absent: T): Promise<T> {
  const text = await readFile(path, 'utf8').catch(() => undefined)
  return text === undefined ? absent : (JSON.parse(text) as T)
}
