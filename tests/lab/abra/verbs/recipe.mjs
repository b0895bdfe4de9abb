import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { abraDir, cataloguePath } from '../abra-dir.mjs'
import { composeFiles } from '../app.mjs'
import { Fatal, info, print, warn } from '../log.mjs'
import { loadCompose } from '../recipe/compose.mjs'
import { isVersion } from '../recipe/tags.mjs'
import { allTags, ensureExists, fetchTags, versions as readVersions } from '../recipe/tree.mjs'
import { printJson, printTable } from '../terminal.mjs'

export async function fetch({ args: [recipe], flags }) {
  if (!recipe && !flags.all) throw new Fatal('missing [recipe] or --all')
  const dir = join(abraDir(), 'recipes')
  const names = recipe ? [recipe] : existsSync(dir) ? readdirSync(dir) : []
  for (const name of names) {
    await ensureExists(name)
    if (!flags.offline) await fetchTags(name)
  }
}

/** The recipes of the catalogue. */
export async function list({ flags }) {
  const file = cataloguePath()
  const recipes = existsSync(file) ? Object.values(JSON.parse(readFileSync(file, 'utf8'))) : []
  const rows = recipes
    .filter(recipe => !flags.pattern || recipe.name.includes(flags.pattern))
    .map(recipe => [recipe.name, recipe.category ?? '', String(recipe.features?.status ?? '')])
  const headings = ['name', 'category', 'status']
  if (flags.machine) return printJson(headings, rows)
  printTable(headings, rows)
  info(`total recipes: ${rows.length}`)
}

/** The published versions, newest first, one row for each service. */
export async function versions({ args: [recipe], flags }) {
  await ensureExists(recipe)
  for (const tag of await allTags(recipe)) {
    if (!isVersion(tag.name)) warn(`unable to parse ${tag.name}, skipping`)
  }
  const found = (await readVersions(recipe)).reverse()
  if (found.length === 0) throw new Fatal(`${recipe} has no published versions?`)
  const { services } = loadCompose(composeFiles(recipe, {}), { STACK_NAME: recipe })
  const rows = found.flatMap(version =>
    Object.entries(services).map(([name, { image }]) => {
      const [, path, tag] = /^(.*?)(?::([^:/]+))?$/.exec(image ?? '')
      return [version, name, path, tag ?? '']
    }),
  )
  const headings = ['version', 'service', 'image', 'tag']
  if (flags.machine) return printJson(headings, rows)
  printTable(headings, rows)
  print(`total versions: ${found.length}`)
}
