import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { generateRecipes, type RecipeImages } from './generate.js'

const HEADS = 'heads.json'

/** Brings the repositories of a lab up to date. Those that would come out the same stay: a run may be cloning them. */
export async function refreshRecipes(dir: string, images: RecipeImages): Promise<void> {
  const fresh = `${dir}.new`
  await rm(fresh, { recursive: true, force: true })
  const made = await generateRecipes(fresh, images)
  const heads = JSON.stringify([...made.values()].map(({ name, head }) => [name, head]))
  const known = await readFile(join(dir, HEADS), 'utf8').catch(() => '')
  if (known === heads) return rm(fresh, { recursive: true, force: true })
  await writeFile(join(fresh, HEADS), heads)
  await rm(dir, { recursive: true, force: true })
  await rename(fresh, dir)
}
