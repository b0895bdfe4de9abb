import { readFile, realpath, stat } from 'node:fs/promises'
import { isAbsolute, join, normalize, sep } from 'node:path'
import type { ReadRecipeFile } from './compose.js'

const LARGEST_BYTES = 1 << 20

/** The part of git that reading a commit needs. */
export type ShowFile = (dir: string, commit: string, path: string) => Promise<string | undefined>

/** Reads a recipe as it stands on disk; never anything outside of its folder, whatever links and dots say. */
export function filesIn(dir: string): ReadRecipeFile {
  return async path => {
    if (leavesTree(path)) return undefined
    try {
      const [root, file] = await Promise.all([realpath(dir), realpath(join(dir, path))])
      if (!file.startsWith(`${root}${sep}`)) return undefined
      const facts = await stat(file)
      if (!facts.isFile() || facts.size > LARGEST_BYTES) return undefined
      return await readFile(file, 'utf8')
    } catch {
      return undefined
    }
  }
}

/** Reads a recipe as a commit holds it, without checking it out. */
export function filesAt(show: ShowFile, dir: string, commit: string): ReadRecipeFile {
  return async path => (leavesTree(path) ? undefined : show(dir, commit, normalize(path)))
}

function leavesTree(path: string): boolean {
  const parts = normalize(path).split('/')
  return path === '' || isAbsolute(path) || parts[0] === '..' || /[\0\n]/.test(path)
}
