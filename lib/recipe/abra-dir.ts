import { lstat, realpath, rename, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { makeFolder } from '../files/make-folder.js'
import { nameAside } from '../files/name-aside.js'

/** The parts of the canonical abra folder that every run shares: env files must be found after the run is gone. */
const SHARED = ['servers', 'catalogue'] as const

export type AbraDir = {
  readonly path: string
  readonly recipes: string
  /** Shared parts that the canonical folder does not have: abra was never set up there. */
  readonly missing: readonly string[]
}

/**
 * Builds a run's own abra folder: `servers` and `catalogue` lead to the canonical one, `recipes/` is empty, so that no
 * two runs share a checkout. A folder that is already there is renamed, never emptied.
 *
 * @throws the system's error when it cannot be written.
 */
export async function createAbraDir(canonical: string, path: string): Promise<AbraDir> {
  if (await exists(path)) await rename(path, nameAside(path))
  const recipes = join(path, 'recipes')
  await makeFolder(recipes)
  const missing: string[] = []
  for (const part of SHARED) {
    const target = join(canonical, part)
    // Resolved, so that a run's folder that was itself made this way can go without taking this one along.
    const real = await realpath(target).catch(() => undefined)
    if (real === undefined) missing.push(part)
    await symlink(real ?? target, join(path, part))
  }
  return { path, recipes, missing }
}

async function exists(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined)) !== undefined
}
