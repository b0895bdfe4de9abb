import { readFile } from 'node:fs/promises'
import type { AppDomain, CommitId, StackName } from '../domain/names.js'
import type { Git } from '../git/git.js'
import { longNames, NamesTooLong } from '../recipe/app-domain.js'
import {
  imagesOf,
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
import type { App, ComposeMeant } from './ports.js'

export type ComposeAt = {
  readonly tree: RecipeTree
  readonly commit: CommitId
  /** What goes into the env file over the sample of the commit. */
  readonly env: Readonly<Record<string, string>>
  readonly stack: StackName
  readonly domain: AppDomain
  /** Path of a compose file that goes over those of the commit. */
  readonly repair?: string | undefined
  /** Without the uncommitted files that may lie over the head. */
  readonly committed?: boolean
}

/** What the compose files of one commit come to for an app; of a dirty head, those of the tree. */
export async function composeOf(
  { git }: { readonly git: Git },
  { tree, commit, env, stack, domain, repair, committed = false }: ComposeAt,
): Promise<ComposeProject> {
  const dirty = commit === tree.head && tree.dirty && !committed
  const own = dirty ? filesIn(tree.dir) : filesAt(git, tree.dir, commit)
  const envText = setEnv((await own('.env.sample')) ?? '', env)
  if (repair === undefined) return readCompose({ read: own, envText, stack, domain })
  const read: ReadRecipeFile = path => (path === REPAIR_FILE ? readFile(repair, 'utf8') : own(path))
  const repaired = withComposeFile(envText, REPAIR_FILE)
  return readCompose({ read, envText: repaired, stack, domain })
}

/** An app's checkout under its env file, as a deploy will read it; nothing where it cannot be read. */
export async function composeMeant(app: App): Promise<ComposeMeant> {
  const { stack, domain, recipeDir, envFile } = app
  const envText = (await readEnvFile(envFile)) ?? ''
  const project = await readCompose({ read: filesIn(recipeDir), envText, stack, domain })
  if (project.problems.length > 0) return { services: [], images: [] }
  return { services: project.services.map(({ name }) => name), images: imagesOf(project) }
}

/** @throws NamesTooLong for secrets and configs that Swarm would refuse. */
export function mustFit(project: ComposeProject): void {
  const tooLong = longNames(swarmNames(project))
  if (tooLong.length > 0) throw new NamesTooLong(tooLong)
}
