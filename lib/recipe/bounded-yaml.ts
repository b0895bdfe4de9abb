import { parseDocument, type Document, type LineCounter } from 'yaml'

/** No compose file or settings file of a recipe is nearly as large. */
const LARGEST_BYTES = 128 * 1024
const DEEPEST = 100
const WIDEST_INDENT = 500
/** How often aliases may multiply before the text is taken for an attack. */
const MOST_ALIASES = 1000

/** Why a text is not even given to the parser, which recurses: too large or nested too deep. */
export function refusalOf(text: string): string | undefined {
  if (Buffer.byteLength(text) > LARGEST_BYTES) return `larger than ${LARGEST_BYTES} bytes`
  const tooDeep = text.split('\n').some(nestsTooDeep) || flowDepth(text) > DEEPEST
  return tooDeep ? 'nested too deep' : undefined
}

function nestsTooDeep(line: string): boolean {
  const lead = /^[\s?-]*/.exec(line)?.[0] ?? ''
  const marks = lead.replace(/\s/g, '').length
  return lead.length > WIDEST_INDENT || (marks > DEEPEST && lead.includes(' '))
}

// Brackets inside texts count too; they come in pairs, and no honest file comes near the bound.
function flowDepth(text: string): number {
  let depth = 0
  let deepest = 0
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth = bracket === '[' || bracket === '{' ? depth + 1 : Math.max(0, depth - 1)
    deepest = Math.max(deepest, depth)
  }
  return deepest
}

export type Plain = { readonly value: unknown } | { readonly problem: string }

/** Parses with positions; the caller has asked {@link refusalOf} first. */
export function parseWithLines(text: string, lineCounter: LineCounter): Document {
  return parseDocument(text, { lineCounter, prettyErrors: false })
}

/** The document as plain values. Aliases that multiply are refused, and so are those that never end or go too deep. */
export function toPlain(document: Document): Plain {
  try {
    const value: unknown = document.toJS({ maxAliasCount: MOST_ALIASES })
    const depth = depthOf(value, new Map())
    if (depth <= DEEPEST) return { value }
    return { problem: depth === Infinity ? 'an anchor contains itself' : 'nested too deep' }
  } catch (error) {
    return { problem: firstLine(error) }
  }
}

/** How deep a value is once all aliases are followed: each is looked at once, however often it is named. */
function depthOf(value: unknown, known: Map<object, number>): number {
  if (typeof value !== 'object' || value === null) return 0
  const met = known.get(value)
  if (met !== undefined) return met
  known.set(value, Infinity) // met again before it is known, it is inside of itself
  let depth = 1
  for (const inner of Object.values(value)) depth = Math.max(depth, 1 + depthOf(inner, known))
  known.set(value, depth)
  return depth
}

/**
 * Reads YAML whose scalars all stay the text that was written (`1.10` is no number, `yes` no boolean), with `<<` merged:
 * how a compose file is read before anyone knows what its fields mean.
 */
export function parseTexts(text: string): Plain {
  const refused = refusalOf(text)
  if (refused !== undefined) return { problem: refused }
  try {
    const document = parseDocument(text, { schema: 'failsafe', merge: true, prettyErrors: false })
    // Compose reads the first document of a file, and nothing behind it.
    const broken = document.errors.find(({ code }) => code !== 'MULTIPLE_DOCS')
    return broken === undefined ? toPlain(document) : { problem: firstLine(broken) }
  } catch (error) {
    return { problem: firstLine(error) }
  }
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? ''
}
