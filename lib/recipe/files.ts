import { readFile, realpath, stat } from 'node:fs/promises'
import { dirname, isAbsolute, join, normalize, sep } from 'node:path'
import type { Git } from '../git/git.js'
import type { ReadRecipeFile } from './compose.js'

const LARGEST_BYTES = 1 << 20

/** As many links in a row as any honest recipe has. */
const MOST_LINKS = 5

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

/** Reads a recipe as a commit holds it, without checking it out; links within it are followed. */
export function filesAt(
  git: Pick<Git, 'show' | 'isLink'>,
  dir: string,
  commit: string,
): ReadRecipeFile {
  const read = async (path: string, links: number): Promise<string | undefined> => {
    if (leavesTree(path)) return undefined
    const name = normalize(path)
    const text = await git.show(dir, commit, name)
    if (text === undefined || !mayBePath(text)) return text
    if (!(await git.isLink(dir, commit, name))) return text
    const leads = isAbsolute(text) ? '' : join(dirname(name), text)
    return links === 0 ? undefined : read(leads, links - 1)
  }
  return path => read(path, MOST_LINKS)
}

function mayBePath(text: string): boolean {
  return text !== '' && text.length < 4096 && !/[\0\n]/.test(text)
}

function leavesTree(path: string): boolean {
  const parts = normalize(path).split('/')
  return path === '' || isAbsolute(path) || parts[0] === '..' || /[\0\n]/.test(path)
}
