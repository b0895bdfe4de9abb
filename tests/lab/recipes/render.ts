import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Edit, RecipeImages, RecipeSpec, Release } from './recipe-spec.js'

export type RecipeFile = { readonly content: string; readonly isExecutable: boolean }
/** Path inside the repository → file. */
export type RecipeTree = ReadonlyMap<string, RecipeFile>

const TEMPLATES = join(import.meta.dirname, 'templates')

/** The files of one release: its layers, then its edits, then the markers filled in, then the notes up to it. */
export async function renderRelease(
  spec: RecipeSpec,
  release: Release,
  images: RecipeImages,
): Promise<RecipeTree> {
  const files = new Map<string, RecipeFile>()
  for (const layer of release.layers) await readLayer(join(TEMPLATES, layer), '', files)
  for (const [path, content] of Object.entries(release.files ?? {}))
    files.set(path, { content, isExecutable: false })
  for (const edit of release.edits ?? []) applyEdit(files, edit)
  const values = markers({ spec, release, images })
  for (const [path, file] of files)
    files.set(path, { ...file, content: fill(file.content, values) })
  const upTo = spec.releases.slice(0, spec.releases.indexOf(release) + 1)
  for (const { version, notes } of upTo) {
    if (notes) files.set(`release/${version}`, { content: notes, isExecutable: false })
  }
  return files
}

async function readLayer(
  dir: string,
  below: string,
  files: Map<string, RecipeFile>,
): Promise<void> {
  const entries = await readdir(join(dir, below), { withFileTypes: true })
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`
    if (entry.isDirectory()) {
      await readLayer(dir, path, files)
      continue
    }
    const content = await readFile(join(dir, path), 'utf8')
    const { mode } = await stat(join(dir, path))
    files.set(path, { content, isExecutable: (mode & 0o100) !== 0 })
  }
}

function applyEdit(files: Map<string, RecipeFile>, { file: path, from, to }: Edit): void {
  const file = files.get(path)
  if (!file?.content.includes(from)) throw new Error(`Cannot edit ${path}: it has no "${from}"`)
  files.set(path, { ...file, content: file.content.replaceAll(from, () => to) })
}

function markers(of: { spec: RecipeSpec; release: Release; images: RecipeImages }) {
  const { version } = of.release
  const [semver = '', app = ''] = version.split('+')
  const [major = '', minor = ''] = semver.split('.')
  return new Map([
    ['RECIPE', of.spec.name],
    ['VERSION', version],
    ['APP_VERSION', app],
    ['MAJOR', major],
    ['MINOR', minor],
    ...Object.entries(of.images).map(
      ([name, image]) => [`IMAGE_${name.toUpperCase()}`, image] as const,
    ),
  ])
}

/** Markers look like `__NAME__`; one that nobody fills in is a mistake in a template. */
function fill(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(/__([A-Z]+(?:_[A-Z]+)*)__/g, (_, name: string) => {
    const value = values.get(name)
    if (value === undefined) throw new Error(`Cannot fill in __${name}__: no such marker`)
    return value
  })
}
