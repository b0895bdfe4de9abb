import { readFile } from 'node:fs/promises'
import type { Meta } from '../domain/meta.js'
import type { AppDomain, CommitId, StackName } from '../domain/names.js'
import type { Git } from '../git/git.js'
import { longNames, NamesTooLong } from '../recipe/app-domain.js'
import {
  readCompose,
  swarmNames,
  type ComposeProject,
  type ReadRecipeFile,
} from '../recipe/compose.js'
import { withComposeFile } from '../recipe/compose-file-list.js'
import { readEnvFile, setEnv } from '../recipe/env-file.js'
import { filesAt, filesIn } from '../recipe/files.js'
import type { RecipeTree } from '../recipe/tree.js'
import { REPAIR_FILE } from './base-repair.js'
import type { App } from './ports.js'

export type ComposeAt = {
  readonly tree: RecipeTree
  readonly commit: CommitId
  readonly meta: Pick<Meta, 'extraEnv'>
  readonly stack: StackName
  readonly domain: AppDomain
  /** Path of a compose file that goes over those of the commit. */
  readonly repair?: string | undefined
}

/** What the compose files of one commit come to for an app; of a dirty head, those of the tree. */
export async function composeOf(
  { git }: { readonly git: Git },
  { tree, commit, meta, stack, domain, repair }: ComposeAt,
): Promise<ComposeProject> {
  const dirty = commit === tree.head && tree.dirty
  const own = dirty ? filesIn(tree.dir) : filesAt(git, tree.dir, commit)
  const envText = setEnv((await own('.env.sample')) ?? '', meta.extraEnv)
  if (repair === undefined) return readCompose({ read: own, envText, stack, domain })
  const read: ReadRecipeFile = path => (path === REPAIR_FILE ? readFile(repair, 'utf8') : own(path))
  const repaired = withComposeFile(envText, REPAIR_FILE)
  return readCompose({ read, envText: repaired, stack, domain })
}

/** Services of an app's checkout under its env file, as a deploy will read them; empty when they cannot be read. */
export async function servicesMeant(app: App): Promise<readonly string[]> {
  const { stack, domain, recipeDir, envFile } = app
  const envText = (await readEnvFile(envFile)) ?? ''
  const project = await readCompose({ read: filesIn(recipeDir), envText, stack, domain })
  return project.problems.length > 0 ? [] : project.services.map(({ name }) => name)
}

/** @throws NamesTooLong for secrets and configs that Swarm would refuse. */
export function mustFit(project: ComposeProject): void {
  const tooLong = longNames(swarmNames(project))
  if (tooLong.length > 0) throw new NamesTooLong(tooLong)
}
