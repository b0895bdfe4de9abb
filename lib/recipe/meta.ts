import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isMap, isScalar, LineCounter, type Document } from 'yaml'
import type { Meta } from '../domain/meta.js'
import { nearest } from '../domain/nearest.js'
import { AbsentFault, UsageFault } from '../errors.js'
import { parseWithLines, refusalOf, toPlain } from './bounded-yaml.js'
import { Mismatch, type Path } from './meta-readers.js'
import { META_DEFAULTS, META_KEYS, type MetaKey } from './meta-registry.js'

/** The file that holds a recipe's settings. */
export const META_FILE = 'recipe-ci.yml'
const LARGEST_BYTES = 128 * 1024
const KEY_NAMES = META_KEYS.map(({ key }) => key)

/** What one file says: only the settings it names. */
export type MetaLayer = {
  readonly path: string
  /** The keys it sets, in its order. */
  readonly keys: readonly string[]
  readonly settings: Partial<Meta>
}

/**
 * Reads a folder's `recipe-ci.yml`. Undefined: there is none.
 *
 * @throws UsageFault that names the key, line and column for an unknown key, a wrong type or broken YAML.
 * @throws AbsentFault when the file is there and cannot be read.
 */
export async function readMeta(dir: string): Promise<MetaLayer | undefined> {
  const path = join(dir, META_FILE)
  const source = await readSmall(path)
  return source === undefined ? undefined : parseMeta(path, source)
}

/**
 * Reads what the operator says about a recipe and about those it depends on, so that a mistake in any of it is found
 * before anything is touched.
 *
 * @throws UsageFault as {@link readMeta} does, and when the recipe names itself as its dependency.
 */
export async function readOperatorMeta(
  recipesDir: string,
  recipe: string,
): Promise<MetaLayer | undefined> {
  const layer = await readMeta(join(recipesDir, recipe))
  const { deps } = mergeMeta(recipe, [layer])
  for (const name of deps) mergeMeta(name, [await readMeta(join(recipesDir, name))])
  return layer
}

/**
 * Puts layers together, key by key; a later layer wins. The recipe's own layer comes first and only when the recipe is
 * approved; the operator's comes last.
 *
 * @throws UsageFault when the recipe names itself as its dependency.
 */
export function mergeMeta(recipe: string, layers: readonly (MetaLayer | undefined)[]): Meta {
  const meta = Object.assign({}, META_DEFAULTS, ...layers.map(layer => layer?.settings)) as Meta
  if (meta.deps.includes(recipe))
    throw new UsageFault(
      `Cannot deploy "${recipe}" as a dependency: the recipe names itself in DEPS`,
      `Remove it from DEPS in ${META_FILE}`,
    )
  return meta
}

/** Reads the text of a `recipe-ci.yml`. Throws a UsageFault as {@link readMeta} does. */
export function parseMeta(path: string, source: string): MetaLayer {
  const refused = refusalOf(source)
  if (refused !== undefined) throw refusal(path, refused)
  const lines = new LineCounter()
  const document = parseWithLines(source, lines)
  const where = (offset: number): string => {
    const { line, col } = lines.linePos(offset)
    return `${path}:${line}:${col}`
  }
  const [broken] = document.errors
  if (broken !== undefined) throw refusal(where(broken.pos[0]), `not YAML: ${broken.message}`)
  const found = entriesOf(document, where)
  const settings = found.map(({ key, value, at }) => read(key, value, { document, where, at }))
  return {
    path,
    keys: found.map(({ key }) => key.key),
    settings: Object.assign({}, ...settings) as Partial<Meta>,
  }
}

type Where = (offset: number) => string
type Entry = { readonly key: MetaKey; readonly value: unknown; readonly at: number }

function entriesOf(document: Document, where: Where): readonly Entry[] {
  const top = document.contents
  if (top === null || (isScalar(top) && top.value === null)) return []
  if (!isMap(top)) throw refusal(where(top.range?.[0] ?? 0), 'expected a map of keys to values')
  const values = plain(document, where)
  return top.items.map(({ key }) => {
    const at = isScalar(key) ? (key.range?.[0] ?? 0) : 0
    const name = isScalar(key) ? String(key.value) : ''
    const known = META_KEYS.find(each => each.key === name)
    if (known !== undefined) return { key: known, value: values[name], at }
    throw refusal(
      where(at),
      `unknown key ${JSON.stringify(name)}`,
      `Did you mean ${nearest(name, KEY_NAMES) ?? ''}? Known keys: ${KEY_NAMES.join(', ')}`,
    )
  })
}

function plain(document: Document, where: Where): Record<string, unknown> {
  const read = toPlain(document)
  if ('problem' in read) throw refusal(where(0), read.problem)
  return read.value as Record<string, unknown>
}

function read(
  key: MetaKey,
  value: unknown,
  place: { readonly document: Document; readonly where: Where; readonly at: number },
): Partial<Meta> {
  try {
    return key.read(value, [key.key])
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error
    const offset = offsetOf(place.document, error.path) ?? place.at
    throw refusal(place.where(offset), `${nameOf(error.path)}: ${error.message}`)
  }
}

function offsetOf(document: Document, path: Path): number | undefined {
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true)
    if (typeof node !== 'object' || node === null || !('range' in node)) continue
    const { range } = node
    if (Array.isArray(range) && typeof range[0] === 'number') return range[0]
  }
  return undefined
}

function nameOf(path: Path): string {
  return path
    .map(part => (typeof part === 'number' ? `[${part}]` : `.${part}`))
    .join('')
    .slice(1)
}

function refusal(place: string, problem: string, hint?: string): UsageFault {
  return new UsageFault(`Cannot use ${place}: ${problem}`, hint ?? 'Correct the file and run again')
}

async function readSmall(path: string): Promise<string | undefined> {
  try {
    const facts = await stat(path)
    // A pipe would never end, and the deadline is not armed yet.
    if (!facts.isFile()) throw refusal(path, 'not a regular file')
    const { size } = facts
    if (size > LARGEST_BYTES) throw refusal(path, `larger than ${LARGEST_BYTES} bytes`)
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof UsageFault) throw error
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw new AbsentFault(
      `Cannot read "${path}": ${String(code)}`,
      'Check what it is and its rights',
      {
        cause: error,
      },
    )
  }
}
