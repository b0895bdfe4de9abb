import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { BAD_RECIPES } from './bad-recipes.js'
import { fastImportStream } from './fast-import.js'
import { GOOD_RECIPES } from './good-recipes.js'
import { ODD_RECIPES } from './odd-recipes.js'
import type { RecipeImages, RecipeSpec, Release } from './recipe-spec.js'
import { renderRelease, type RecipeTree } from './render.js'

export type { RecipeImages } from './recipe-spec.js'

/** A recipe as a bare git repository. */
export type GeneratedRecipe = {
  readonly name: string
  readonly about: string
  /** Absolute path of the repository, `<target>/<name>.git`. */
  readonly path: string
  /** The newest commit of the branch main. */
  readonly head: string
  /** Oldest first. */
  readonly releases: readonly { readonly version: string; readonly commit: string }[]
}

export const RECIPES: readonly RecipeSpec[] = [...GOOD_RECIPES, ...BAD_RECIPES, ...ODD_RECIPES]

/**
 * Writes every recipe, or those named in `only`, as `<targetDir>/<name>.git`, replacing what is there.
 * @throws Error when git fails or a name is unknown
 */
export async function generateRecipes(
  targetDir: string,
  images: RecipeImages,
  only: readonly string[] = RECIPES.map(spec => spec.name),
): Promise<ReadonlyMap<string, GeneratedRecipe>> {
  await mkdir(targetDir, { recursive: true })
  const made = await Promise.all(
    only.map(
      async name => [name, await generateRecipe(specOf(name), { targetDir, images })] as const,
    ),
  )
  return new Map(made)
}

function specOf(name: string): RecipeSpec {
  const spec = RECIPES.find(one => one.name === name)
  if (!spec) throw new Error(`Cannot generate "${name}": no such recipe`)
  return spec
}

/** Writes one recipe, also one that is not in the table. */
export async function generateRecipe(
  spec: RecipeSpec,
  { targetDir, images }: { targetDir: string; images: RecipeImages },
): Promise<GeneratedRecipe> {
  const path = join(targetDir, `${spec.name}.git`)
  await rm(path, { recursive: true, force: true })
  const history: [Release, RecipeTree][] = []
  for (const release of spec.releases) {
    history.push([release, await renderRelease(spec, release, images)])
  }
  await git(['init', '--quiet', '--bare', '--template=', '--initial-branch=main', path], '')
  await git(['-C', path, 'fast-import', '--quiet'], fastImportStream(history))
  const log = await git(['-C', path, 'log', '--reverse', '--format=%H', 'main'], '')
  const commits = log.split('\n')
  const releases = spec.releases.map(({ version }, index) => ({
    version,
    commit: commits[index] ?? '',
  }))
  return { name: spec.name, about: spec.about, path, head: commits.at(-1) ?? '', releases }
}

/** git without any setting of the user or the machine, so that the commits are the same everywhere. */
async function git(args: readonly string[], input: string): Promise<string> {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'))
  const { stdout } = await execa('git', args, {
    input,
    extendEnv: false,
    env: {
      ...Object.fromEntries(kept),
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
    },
  })
  return stdout
}
