import { join } from 'node:path'
import type { Emit } from '../domain/events.js'
import type { Meta } from '../domain/meta.js'
import { parseRecipeName, stackOf, type AppDomain, type RecipeName } from '../domain/names.js'
import type { RunRequest } from '../domain/request.js'
import { AbsentFault } from '../errors.js'
import type { Git } from '../git/git.js'
import { dependencyDomain } from '../recipe/app-domain.js'
import { imagesOf, versionOf } from '../recipe/compose.js'
import { discover } from '../recipe/customisation.js'
import { cloneRecipe } from '../recipe/fetch.js'
import { mergeMeta, readMeta } from '../recipe/meta.js'
import { recipeTree, type RecipeTree } from '../recipe/tree.js'
import { newestFirst } from '../recipe/versions.js'
import { composeOf, mustFit } from './compose-at.js'
import type { PreparedApp } from './prepared-app.js'

export type DependencyPlanRequest = {
  readonly request: RunRequest
  /** Of the recipe under test. */
  readonly meta: Pick<Meta, 'deps'>
  /** Where the run keeps its checkouts. */
  readonly dir: string
}

/** A recipe that the one under test needs, ready to be deployed, or why it can not be. */
export type PlannedDependency = { readonly recipe: RecipeName; readonly domain: AppDomain } & (
  { readonly app: PreparedApp } | { readonly app: undefined; readonly why: string }
)

type Ports = { readonly git: Git; readonly emit: Emit }

/**
 * Brings every dependency into the run's abra folder at its newest published version (of one that never published any,
 * the head of its default branch), each with what the operator says about it. One that cannot be had is planned without
 * an app: the run goes on and is red.
 *
 * @throws UsageFault when the recipe names itself, or the settings of a dependency are malformed.
 * @throws NamesTooLong when a dependency's names do not fit beside this host's suffix.
 */
export async function planDependencies(
  ports: Ports,
  asked: DependencyPlanRequest,
): Promise<readonly PlannedDependency[]> {
  const planned: PlannedDependency[] = []
  for (const recipe of new Set(asked.meta.deps.flatMap(name => parseRecipeName(name) ?? [])))
    planned.push(await planOne(ports, asked, recipe))
  return planned
}

async function planOne(
  ports: Ports,
  { request, dir }: DependencyPlanRequest,
  recipe: RecipeName,
): Promise<PlannedDependency> {
  const { pr, ref, version, config } = request
  const identity = { recipe: request.recipe, pr, ref: version ?? ref }
  const domain = dependencyDomain(recipe, identity, config.domain)
  try {
    const location = `${config.upstreamBase}/${recipe}.git`
    const tree = await newestTree(ports.git, { recipe, location, dir: join(dir, recipe) })
    return { recipe, domain, app: await appAt(ports, { recipe, domain, tree, config }) }
  } catch (error) {
    if (!(error instanceof AbsentFault)) throw error
    return { recipe, domain, app: undefined, why: error.message }
  }
}

type Place = { readonly recipe: RecipeName; readonly location: string; readonly dir: string }

async function newestTree(git: Git, { recipe, location, dir }: Place): Promise<RecipeTree> {
  await cloneRecipe(git, { recipe, src: { kind: 'upstream', location }, dir })
  const published = newestFirst(await git.tags(dir))[0]
  const head = published?.commit ?? (await git.defaultTip(dir))?.commit
  if (head === undefined)
    throw new AbsentFault(
      `Cannot deploy "${recipe}": "${location}" has no commit on its default branch`,
      'Publish a version of it, or drop it from DEPS',
    )
  return recipeTree({ git, dir, head, uncommitted: undefined })
}

type Found = Pick<PlannedDependency, 'recipe' | 'domain'> & {
  readonly tree: RecipeTree
  readonly config: RunRequest['config']
}

async function appAt(ports: Ports, { recipe, domain, tree, config }: Found): Promise<PreparedApp> {
  await tree.toHead()
  const { recipesDir } = config
  const meta = mergeMeta(recipe, [await readMeta(join(recipesDir, recipe))])
  if (meta.deps.length > 0)
    ports.emit({
      type: 'run.warned',
      text: `The dependency "${recipe}" has dependencies of its own (${meta.deps.join(', ')}), which are not deployed: name them in DEPS as well`,
    })
  const stack = stackOf(domain)
  const project = await composeOf(ports, {
    tree,
    commit: tree.head,
    env: meta.extraEnv,
    stack,
    domain,
  })
  mustFit(project)
  return {
    fetched: { tree },
    meta,
    customisation: await discover({ recipe, recipesDir, ownTests: undefined }),
    headVersion: versionOf(project, stack),
    headServices: project.services.map(({ name }) => name),
    base: undefined,
    repair: undefined,
    images: { base: [], head: imagesOf(project) },
  }
}
