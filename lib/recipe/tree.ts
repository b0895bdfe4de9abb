import { cp, lstat, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { CommitId } from '../domain/names.js'
import { makeFolder } from '../files/make-folder.js'
import type { Git } from '../git/git.js'
import type { Change } from '../git/refs.js'

/** The run's own checkout of a recipe. */
export type RecipeTree = {
  readonly dir: string
  /** The commit under test. */
  readonly head: CommitId
  /** The head is more than its commit: uncommitted files of the staged clone belong to it. */
  readonly dirty: boolean
  /** Makes the tree the head again, uncommitted files included; anything else in it goes. */
  readonly toHead: () => Promise<void>
  /** Makes the tree the head's commit without uncommitted files: for an abra that refuses a dirty tree. */
  readonly pristine: () => Promise<void>
  /** Makes the tree what a commit holds, and nothing else: of the head's own, what is committed. */
  readonly toCommit: (commit: CommitId) => Promise<void>
  /** A scratch clone that holds the head and the recipe's own origin, on a branch: where lint may move as it likes. */
  readonly scratch: (dir: string, options: ScratchOptions) => Promise<void>
}

type ScratchOptions = {
  /** What its `origin` is. */
  readonly origin: string
  /** The branch that the head is on there. */
  readonly branch: string
}

/** Uncommitted changes, kept aside while other commits are checked out. */
export type Uncommitted = {
  readonly changes: readonly Change[]
  /** Holds a copy of each written file, by its path. */
  readonly dir: string
}

export type TreeFacts = {
  readonly git: Git
  readonly dir: string
  readonly head: CommitId
  readonly uncommitted: Uncommitted | undefined
}

export function recipeTree({ git, dir, head, uncommitted }: TreeFacts): RecipeTree {
  const exactly = async (commit: CommitId): Promise<void> => {
    await git.checkout(dir, commit)
    await git.clean(dir)
  }
  const toHead = async (): Promise<void> => {
    await exactly(head)
    if (uncommitted !== undefined) await apply(uncommitted, dir)
  }
  return {
    dir,
    head,
    dirty: uncommitted !== undefined,
    toHead,
    pristine: () => exactly(head),
    toCommit: exactly,
    scratch: async (scratchDir, { origin, branch }) => {
      await git.clone(dir, scratchDir)
      await git.setOrigin(scratchDir, origin)
      await git.must(
        `put "${branch}" on the head`,
        ['checkout', '-f', '--quiet', '--no-track', '-B', branch, head, '--'],
        { dir: scratchDir },
      )
      if (uncommitted !== undefined) await apply(uncommitted, scratchDir)
    },
  }
}

/** Copies every uncommitted change of a tree aside. */
export async function keepUncommitted(
  from: string,
  changes: readonly Change[],
  dir: string,
): Promise<Uncommitted> {
  for (const { path, kind } of changes)
    if (kind === 'written') await copyInto(join(from, path), join(dir, path))
  return { changes, dir }
}

async function apply({ changes, dir }: Uncommitted, into: string): Promise<void> {
  for (const { path, kind } of changes) {
    await rm(join(into, path), { recursive: true, force: true })
    if (kind === 'written') await copyInto(join(dir, path), join(into, path))
  }
}

async function copyInto(from: string, to: string): Promise<void> {
  await makeFolder(dirname(to))
  await copyTree(from, to)
}

/** Copies files, folders and links as they are; whatever else lies there (sockets, pipes) stays behind. */
export async function copyTree(from: string, to: string): Promise<void> {
  await cp(from, to, {
    recursive: true,
    verbatimSymlinks: true,
    preserveTimestamps: true,
    filter: async path => {
      const facts = await lstat(path)
      return facts.isFile() || facts.isDirectory() || facts.isSymbolicLink()
    },
  })
}
