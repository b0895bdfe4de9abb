import { cellOf, readTable } from './table.js'
import { isLogLine, plainText } from './text.js'

/** A secret as `abra app secret ls` lists it. */
export type ListedSecret = { readonly name: string; readonly created: boolean }

/** Keys of machine output whose value is no secret: what names the secret, its app, or the way it was made. */
const NOT_SECRET =
  /^(?:name|secret|version|(?:generated|swarm|docker|full)[ _-]?name|(?:secret|app)[ _-]?(?:name|id)|created.*|app|recipe|domain|stack|server|service|length|charset|type|kind|status|state|format)$/i

/**
 * Every value that `secret generate` printed: the JSON of `--machine`, else the table, wherever it went. What has neither
 * form on stdout is taken for secret word by word: better to mask too much.
 */
export function generatedValues(stdout: string, stderr: string): readonly string[] {
  const known = [stdout, stderr].map(plainText).map(knownValues)
  const found = known.flatMap(values => values ?? [])
  return [...new Set(known[0] === undefined ? [...found, ...anyWord(plainText(stdout))] : found)]
}

function knownValues(text: string): readonly string[] | undefined {
  const json = jsonIn(text)
  if (json !== undefined) return valuesIn(json)
  const cells = readTable(text).map(row => cellOf(row, 'value') ?? '')
  const found = cells.filter(cell => cell !== '')
  return found.length > 0 ? found : undefined
}

function valuesIn(json: unknown): string[] {
  if (typeof json === 'string') return json === '' ? [] : [json]
  if (Array.isArray(json)) return json.flatMap(valuesIn)
  if (typeof json !== 'object' || json === null) return []
  return Object.entries(json).flatMap(([key, value]) => {
    // {"name": value, ...}: a map of names to values has keys of its own choosing.
    const isName = NOT_SECRET.test(key) && 'value' in json
    return isName ? [] : valuesIn(value)
  })
}

const SHORTEST = 8

function anyWord(text: string): string[] {
  const lines = text.split('\n').filter(line => !isLogLine(line))
  return lines.flatMap(line =>
    line.split(/[\s"',|│┃:={}[\]]+/).filter(({ length }) => length >= SHORTEST),
  )
}

const YES = /^(?:true|yes|✅|✔|✓|☑)/iu

/** Reads `secret ls`, as JSON or as a table. Undefined: it has neither form. */
export function listedSecrets(output: string): readonly ListedSecret[] | undefined {
  const text = plainText(output)
  const json = jsonIn(text)
  if (Array.isArray(json)) return json.flatMap(listedOf)
  const rows = readTable(text)
  if (rows.length > 0) return rows.flatMap(listedOf)
  const rest = text.split('\n').filter(line => line.trim() !== '' && !isLogLine(line))
  return isEmpty(rest) ? [] : undefined
}

function listedOf(entry: unknown): ListedSecret[] {
  if (typeof entry !== 'object' || entry === null) return []
  const fields = Object.entries(entry).map(
    ([key, value]) => [key.toLowerCase(), String(value)] as const,
  )
  const name = fields.find(([key]) => key === 'name')?.[1]
  const created =
    fields.find(([key]) => /^created(?:[\W_]*on[\W_]*server)?$/.test(key)) ??
    fields.find(([key]) => key.startsWith('created'))
  return name === undefined ? [] : [{ name, created: YES.test(created?.[1] ?? '') }]
}

/** No line, or what Go writes for a list that was never begun. */
function isEmpty(lines: readonly string[]): boolean {
  return lines.every(line => line.trim() === 'null')
}

/** Whether machine output is JSON, or nothing but log lines. */
export function readsAsJson(output: string): boolean {
  const text = plainText(output)
  const rest = text.split('\n').filter(line => line.trim() !== '' && !isLogLine(line))
  return isEmpty(rest) || jsonIn(text) !== undefined
}

/** The first JSON list or map in an output that may hold log lines around it. */
function jsonIn(text: string): unknown {
  const lines = text.split('\n')
  for (const [at, line] of lines.entries()) {
    if (!/^\s*[[{]/.test(line)) continue
    const found =
      parsed(line) ??
      parsed(
        lines
          .slice(at)
          .filter(each => !isLogLine(each))
          .join('\n'),
      )
    if (found !== undefined) return found
  }
  return undefined
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

/** The secrets that an env file leaves to a person: `SECRET_X_VERSION=v1 # generate=false`. */
export function insertedByHand(envText: string): readonly string[] {
  return [...envText.matchAll(/^\s*SECRET_(\w+)_VERSION\s*=[^#\n]*#.*\bgenerate=false\b/gm)].map(
    ([, name = '']) => name.toLowerCase(),
  )
}
