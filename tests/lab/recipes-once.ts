import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { LabImages } from './images.js'
import { contentKey, writeWhole } from './places.js'
import { generateRecipes } from './recipes/generate.js'

const SOURCES = join(import.meta.dirname, 'recipes')

/** Generates the recipes unless they are there from the same sources and images: a run may be cloning one right now. */
export async function generateOnce(targetDir: string, images: LabImages): Promise<void> {
  const marker = join(targetDir, '.generated-from')
  const key = contentKey(JSON.stringify(images), ...(await sources()))
  if ((await readFile(marker, 'utf8').catch(() => '')) === key) return
  await generateRecipes(targetDir, images)
  await writeWhole(marker, key)
}

async function sources(): Promise<string[]> {
  const entries = await readdir(SOURCES, { recursive: true, withFileTypes: true })
  const files = entries
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
  const texts = await Promise.all(files.sort().map(file => readFile(file, 'utf8')))
  return [...files.map(file => file.slice(SOURCES.length)), ...texts]
}
