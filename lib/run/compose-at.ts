import type { Meta } from '../domain/meta.js'
import type { AppDomain, CommitId, StackName } from '../domain/names.js'
import type { Git } from '../git/git.js'
import { longNames, NamesTooLong } from '../recipe/app-domain.js'
import { readCompose, swarmNames, type ComposeProject } from '../recipe/compose.js'
import { setEnv } from '../recipe/env-file.js'
import { filesAt, filesIn } from '../recipe/files.js'
import type { RecipeTree } from '../recipe/tree.js'

export type ComposeAt = {
  readonly tree: RecipeTree
  readonly commit: CommitId
  readonly meta: Pick<Meta, 'extraEnv'>
  readonly stack: StackName
  readonly domain: AppDomain
}

/** What the compose files of one commit come to for an app; of a dirty head, those of the tree. */
export async function composeOf(
  { git }: { readonly git: Git },
  { tree, commit, meta, stack, domain }: ComposeAt,
): Promise<ComposeProject> {
  const dirty = commit === tree.head && tree.dirty
  const read = dirty ? filesIn(tree.dir) : filesAt(git.show, tree.dir, commit)
  const sample = (await read('.env.sample')) ?? ''
  return readCompose({ read, envText: setEnv(sample, meta.extraEnv), stack, domain })
}

/** @throws NamesTooLong for secrets and configs that Swarm would refuse. */
export function mustFit(project: ComposeProject): void {
  const tooLong = longNames(swarmNames(project))
  if (tooLong.length > 0) throw new NamesTooLong(tooLong)
}
