import { access, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Happening } from '../../lib/domain/events.js'
import type { Lab } from '../lab/lab.js'
import { generateRecipe, RECIPES } from '../lab/recipes/generate.js'
import type { RecipeSpec } from '../lab/recipes/recipe-spec.js'
import { domainOf, leftOf, startLabRun } from '../support/lab-run.js'
import type { Animal } from './animal.js'
import { wrongsOf, type Seen } from './judge.js'
import type { Place } from './place.js'

/** One run of one animal, judged. */
export type Ran = {
  readonly animal: Animal
  /** Empty: all is right. */
  readonly wrongs: readonly string[]
  readonly got: string
  /** From the first and the last sign that the deploy is doomed to the check that fails. */
  readonly sinceFirstMs: number | undefined
  readonly sinceLastMs: number | undefined
  readonly ms: number
}

export type RunAnimalOptions = {
  /** Names the run folder: another one at each run. */
  readonly id: string
  /** Another build of the program. */
  readonly cli?: string
}

/** Makes the recipe unless it is there, those that it needs, and what the operator keeps beside it. */
export async function house(place: Place, animal: Animal): Promise<void> {
  for (const recipe of [...(animal.beside ?? []), animal]) await make(place, recipe)
  for (const [path, content] of Object.entries(animal.custom ?? {})) {
    const file = join(place.dir, 'recipes', animal.name, path)
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, content, { mode: content.startsWith('#!') ? 0o755 : 0o644 })
  }
}

async function make(place: Place, recipe: RecipeSpec): Promise<void> {
  const { lab } = place
  const own = RECIPES.some(({ name }) => name === recipe.name)
  const there = await access(join(lab.upstreamDir, `${recipe.name}.git`)).then(
    () => true,
    () => false,
  )
  // A recipe of the zoo names the registry of this zoo.
  if (own && there) return
  const images = { ...place.images, own_pem: '' }
  const releases = recipe.releases.map(release => ({
    ...release,
    ...(release.files ? { files: withPem(release.files, place.ownPem) } : {}),
  }))
  const [first, ...rest] = releases
  if (first === undefined) throw new Error(`${recipe.name} has no release`)
  const spec = { ...recipe, releases: [first, ...rest] as const }
  await generateRecipe(spec, { targetDir: lab.upstreamDir, images })
}

function withPem(files: Readonly<Record<string, string>>, pem: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(files).map(([path, text]) => [path, text.replace('__OWN_PEM__', pem)]),
  )
}

/**
 * Runs a housed animal to its end and judges what was said of it. A run that says the host failed, and that the recipe has
 * not been judged, is no verdict: then once more.
 */
export async function runAnimal(
  place: Place,
  animal: Animal,
  options: RunAnimalOptions,
): Promise<Ran> {
  const first = await runOnce(place, animal, options)
  if (first.got !== 'fault' || animal.expected.cause === 'fault') return first
  return runOnce(place, animal, { ...options, id: `${options.id}-again` })
}

async function runOnce(place: Place, animal: Animal, { id, cli }: RunAnimalOptions): Promise<Ran> {
  const { lab } = place
  const started = performance.now()
  const undo = (await animal.prepare?.(place)) ?? (() => Promise.resolve())
  try {
    const recipesDir = join(place.dir, 'recipes')
    const run = startLabRun(lab, animal.name, {
      id,
      args: ['--recipes-dir', recipesDir, '--fresh-restore', ...(animal.args ?? [])],
      env: animal.env?.(place) ?? {},
      ...(cli === undefined ? {} : { program: [cli, 'run'] }),
    })
    const { exitCode, results } = await run.ended
    const since = doomedSince(run.happenings)
    const left = await leftBehind(lab, run.happenings)
    const seen = { exitCode, results, left, ...since }
    const ms = performance.now() - started
    return { animal, wrongs: wrongsOf(animal, seen), got: verdictOf(seen), ...since, ms }
  } finally {
    await undo()
  }
}

function verdictOf({ exitCode, results }: Pick<Seen, 'exitCode' | 'results'>): string {
  if (results?.cause) return results.cause.class
  return exitCode === 0 ? 'green' : `exit ${exitCode ?? 'none'}`
}

async function leftBehind(lab: Lab, happenings: readonly Happening[]): Promise<readonly string[]> {
  const began = happenings.some(({ type }) => type === 'run.started')
  const created = happenings.flatMap(each => (each.type === 'app.created' ? [each.domain] : []))
  const domains = new Set([...(began ? [domainOf(happenings)] : []), ...created])
  const left: string[] = []
  for (const domain of domains) left.push(...(await leftOf(lab, domain)))
  return left
}

type Since = {
  readonly sinceFirstMs: number | undefined
  readonly sinceLastMs: number | undefined
}

/** From the signs of doom to the check that tells of it: the diagnosis is part of it. */
function doomedSince(happenings: readonly Happening[]): Since {
  const none: Since = { sinceFirstMs: undefined, sinceLastMs: undefined }
  const at = happenings.findIndex(({ type }) => type === 'deploy.doomed')
  const doom = happenings[at]
  if (doom?.type !== 'deploy.doomed') return none
  const told = happenings.slice(at).find(({ type }) => type === 'check.finished')
  if (told === undefined) return none
  const after = Date.parse(told.at) - Date.parse(doom.at)
  return { sinceFirstMs: doom.sinceFirstMs + after, sinceLastMs: doom.sinceLastMs + after }
}
