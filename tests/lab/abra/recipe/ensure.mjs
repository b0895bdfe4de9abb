import { recipeDir } from '../abra-dir.mjs'
import { behaviour } from '../behaviours.mjs'
import { Fatal } from '../log.mjs'
import {
  checkoutMain,
  checkoutVersion,
  ensureExists,
  fetchTags,
  isDirty,
  newestVersion,
} from './tree.mjs'

/** Refuses a dirty tree and fetches tags, as abra does before it moves a tree. */
export async function ensureReady(recipe, flags) {
  await ensureExists(recipe)
  if (flags.chaos) {
    if (!flags.offline && behaviour('CHAOS_FETCH') === 'fetch') await fetchTags(recipe)
    return
  }
  if (await isDirty(recipe)) {
    const where = `${recipe} (${recipeDir(recipe)})`
    throw new Fatal(
      `${where} has locally unstaged changes? please commit/remove your changes before proceeding`,
    )
  }
  if (!flags.offline) await fetchTags(recipe)
}

/** The version that the .env asks for; one that a chaos deploy left behind is refused without --chaos. */
export function envVersion(app) {
  if (!app.version.endsWith('+U')) return app.version
  if (behaviour('CHAOS_ENV') === 'fatal') {
    throw new Fatal(`can not redeploy chaos version (${app.version}) without --chaos`)
  }
  return app.version.slice(0, -'+U'.length)
}

/** Moves the tree to a version, else to the newest tag, else to the main branch; answers the version. */
export async function moveTree(recipe, wanted) {
  const version = wanted || (await newestVersion(recipe))
  await (version ? checkoutVersion(recipe, version) : checkoutMain(recipe))
  return version
}

/** What commands other than deploy do to the tree. */
export async function ensureTree(app, flags) {
  if (behaviour('TREE') === 'ignore') return ensureExists(app.recipe)
  await ensureReady(app.recipe, flags)
  if (!flags.chaos) await moveTree(app.recipe, envVersion(app))
}
