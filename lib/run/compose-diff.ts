import type { CommitId } from '../domain/names.js'
import type { Git } from '../git/git.js'
import type { RecipeTree } from '../recipe/tree.js'

/** What the head changes in what abra deploys from; empty: nothing, or there is nothing to compare with. */
export type ComposeDiff = { readonly lines: readonly string[]; readonly more: number }

const FILES = [':(glob)compose*.yml', ':(glob)compose*.yaml', '.env.sample']
const MOST_LINES = 400
const LONGEST_LINE = 500

/** Compares compose files and sample environment of the head with those of the base. For people: a failure is no verdict. */
export async function composeDiff(
  git: Pick<Git, 'diff'>,
  tree: RecipeTree,
  base: CommitId | undefined,
): Promise<ComposeDiff> {
  if (base === undefined) return { lines: [], more: 0 }
  const to = tree.dirty ? undefined : tree.head
  const text = await git.diff(tree.dir, { from: base, to, files: FILES })
  const lines = text === '' ? [] : text.trimEnd().split('\n')
  const shown = lines.slice(0, MOST_LINES).map(line => line.slice(0, LONGEST_LINE))
  return { lines: shown, more: lines.length - shown.length }
}
