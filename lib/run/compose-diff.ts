import type { Emit } from '../domain/events.js'
import type { CommitId } from '../domain/names.js'
import type { Git } from '../git/git.js'
import type { RecipeTree } from '../recipe/tree.js'

/** What the head changes in what abra deploys from; empty: nothing, or there is nothing to compare with. */
export type ComposeDiff = { readonly lines: readonly string[]; readonly more: number }

const FILES = [':(glob)compose*.yml', ':(glob)compose*.yaml', '.env.sample']
const MOST_LINES = 400
const LONGEST_LINE = 500

type Ports = { readonly git: Pick<Git, 'diff'>; readonly emit: Emit }

/**
 * Compares compose files and sample environment of the head with those of the base. For people: a failure is no verdict, is
 * told, and resolves to undefined.
 */
export async function composeDiff(
  { git, emit }: Ports,
  tree: RecipeTree,
  base: CommitId | undefined,
): Promise<ComposeDiff | undefined> {
  if (base === undefined) return { lines: [], more: 0 }
  const to = tree.dirty ? undefined : tree.head
  let text: string
  try {
    text = await git.diff(tree.dir, { from: base, to, files: FILES })
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    emit({ type: 'run.noted', text: `Cannot compare the compose files with the base's: ${why}` })
    return undefined
  }
  const lines = text === '' ? [] : text.trimEnd().split('\n')
  const shown = lines.slice(0, MOST_LINES).map(line => line.slice(0, LONGEST_LINE))
  return { lines: shown, more: lines.length - shown.length }
}
