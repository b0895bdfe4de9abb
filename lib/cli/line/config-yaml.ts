import { dirname } from 'node:path'
import { LineCounter, isMap, isScalar, parseDocument, type Pair, type YAMLMap } from 'yaml'
import { UsageFault } from '../../errors.js'
import type { ConfigFile, Given } from './given.js'
import { shown } from './malformed.js'
import { nearest } from '../../domain/nearest.js'

type Text = { readonly path: string; readonly text: string; readonly keys: readonly string[] }
/** Line and column of a character, both from 1. */
type Spot = { readonly line: number; readonly column: number }

/** @throws UsageFault with line and column of what it does not understand. */
export function parseConfig({ path, text, keys }: Text): ConfigFile {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const spot = (offset: number | undefined): Spot => {
    const { line, col: column } = lines.linePos(offset ?? 0)
    return { line, column }
  }
  const where = (offset: number | undefined) => placeOf(path, spot(offset))
  const error = document.errors[0]
  if (error !== undefined) {
    throw new UsageFault(
      `Cannot read ${where(error.pos[0])}: ${firstLine(error.message)}`,
      'Write the config file as "key: value" lines of YAML',
    )
  }
  const { contents } = document
  if (contents === null) return new Map()
  if (!isMap(contents)) throw notAMap(where(contents.range[0]))
  return entries(contents, { path, keys, spot })
}

type Reading = {
  readonly path: string
  readonly keys: readonly string[]
  readonly spot: (offset: number | undefined) => Spot
}

function entries(map: YAMLMap, reading: Reading): ConfigFile {
  return new Map(map.items.flatMap(pair => entry(pair, reading)))
}

function entry(pair: Pair, reading: Reading): [string, Given][] {
  const { path } = reading
  const { key, spot } = keyOf(pair, reading)
  const at = placeOf(path, spot)
  const text = textOf(pair, key, at)
  if (text === '') return []
  const origin = { kind: 'file', path, ...spot } as const
  return [[key, { text, place: `${key} (${at})`, baseDir: dirname(path), origin }]]
}

function placeOf(path: string, { line, column }: Spot): string {
  return `${path}, line ${line}, column ${column}`
}

function keyOf(pair: Pair, { path, keys, spot }: Reading): { key: string; spot: Spot } {
  const node = isScalar(pair.key) ? pair.key : undefined
  const key = String(node?.value)
  const found = spot(node?.range?.[0])
  if (keys.includes(key)) return { key, spot: found }
  const at = placeOf(path, found)
  throw new UsageFault(
    `Cannot use the key ${shown(key)} (${at}): the nearest known key is "${nearest(key, keys) ?? ''}"`,
    `Known keys: ${keys.join(', ')}`,
  )
}

/** The value as it was written; empty when there is none. */
function textOf({ value }: Pair, key: string, at: string): string {
  if (value === null) return ''
  if (!isScalar(value)) throw notPlain(key, at)
  if (value.value === null) return ''
  return typeof value.value === 'string' ? value.value : (value.source ?? '')
}

function notAMap(at: string): UsageFault {
  return new UsageFault(
    `Cannot use the config file ${at}: expected "key: value" lines`,
    'Write one key of the list in docs/operating.md on each line',
  )
}

function notPlain(key: string, at: string): UsageFault {
  return new UsageFault(
    `Cannot use the value of "${key}" (${at}): expected one plain value, not a list or a map`,
    `Write it as "${key}: value"`,
  )
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? ''
}
