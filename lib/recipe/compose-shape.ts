/** Values of a compose file whose shape is not known yet. Whatever has another shape than asked for reads as nothing. */

export type Texts = Readonly<Record<string, string>>
export type Fields = Readonly<Record<string, unknown>>

export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : {}
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : []
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

export function isTrue(value: unknown): boolean {
  return typeof value === 'string' && /^true$/i.test(value.trim())
}

/** Labels and environments come as a map or as a list of `key=value`. */
export function pairsOf(value: unknown): Texts {
  const entries = Array.isArray(value)
    ? listOf(value).map(item => splitPair(String(item)))
    : Object.entries(fieldsOf(value)).map(([key, text]) => [key, String(text)] as const)
  return Object.fromEntries(entries)
}

function splitPair(item: string): readonly [string, string] {
  const place = item.indexOf('=')
  return place < 0 ? [item, ''] : [item.slice(0, place), item.slice(place + 1)]
}

/** Replaces every text in a value, keys of maps included. */
export function mapTexts(value: unknown, replace: (text: string) => string): unknown {
  if (typeof value === 'string') return replace(value)
  if (Array.isArray(value)) return value.map(item => mapTexts(item, replace))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [replace(key), mapTexts(item, replace)]),
  )
}
