import { createHash } from 'node:crypto'
import { mkdir, open } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { flockSync } from 'fs-ext'

const isRoot = process.getuid?.() === 0

/** Where downloaded packages and built root file systems are kept, outside any clone, keyed by content. */
export const CACHE_DIR = isRoot
  ? '/var/cache/recipe-ci-lab'
  : join(homedir(), '.cache/recipe-ci-lab')

/** Where the labs of this machine live: one folder each, and what they share. */
export const LABS_DIR = isRoot
  ? '/var/lib/recipe-ci-lab'
  : join(homedir(), '.local/share/recipe-ci-lab')

/** Runs `act` while no other lab command of this machine changes what the labs share. */
export async function alone<T>(act: () => Promise<T>): Promise<T> {
  await mkdir(LABS_DIR, { recursive: true })
  const file = await open(join(LABS_DIR, 'lock'), 'a')
  try {
    flockSync(file.fd, 'ex')
    return await act()
  } finally {
    await file.close()
  }
}

/** Twelve hex digits that change with any of the parts. */
export function contentKey(...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 12)
}
