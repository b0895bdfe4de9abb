import { lstat, readdir, realpath, rm, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { copyTree } from './tree.js'

/**
 * Copies a recipe's own `tests/` aside, to be taken right after the fetch: later checkouts change the tree. It may be a
 * link, and hold links: what lies within the repository comes along, what lies outside of it never does. Undefined: the
 * recipe has none.
 */
export async function snapshotTests(dir: string, to: string): Promise<string | undefined> {
  const root = await realpath(dir)
  const from = await within(root, join(root, 'tests'))
  if (from === undefined || !(await stat(from)).isDirectory()) return undefined
  await copyTree(from, to)
  const names = await readdir(to, { recursive: true })
  for (const name of names) await bring({ root, from, to }, name)
  return to
}

type Snapshot = { readonly root: string; readonly from: string; readonly to: string }

/** A link out of the snapshot that leads to something of the repository becomes what it leads to. */
async function bring({ root, from, to }: Snapshot, name: string): Promise<void> {
  const copy = join(to, name)
  if (!(await lstat(copy)).isSymbolicLink()) return
  const target = await within(root, join(from, name))
  if (target === undefined || isBelow(from, target)) return
  await rm(copy)
  await copyTree(target, copy)
}

/** Where a path really is, if that is within the repository and none of git's own files. */
async function within(root: string, path: string): Promise<string | undefined> {
  const real = await realpath(path).catch(() => undefined)
  if (real === undefined || !isBelow(root, real)) return undefined
  return relative(root, real).split(sep)[0] === '.git' ? undefined : real
}

function isBelow(folder: string, path: string): boolean {
  return path.startsWith(`${folder}${sep}`)
}
