import { parseDocument, type Document, type LineCounter } from 'yaml'

/** No compose file or settings file of a recipe is nearly as large. */
const LARGEST_BYTES = 128 * 1024
const DEEPEST = 100
const WIDEST_INDENT = 500
/** How often aliases may multiply before the text is taken for an attack. */
const MOST_ALIASES = 100

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

/** The document as plain values. Aliases that multiply are refused. */
export function toPlain(document: Document): Plain {
  try {
    return { value: document.toJS({ maxAliasCount: MOST_ALIASES }) as unknown }
  } catch (error) {
    return { problem: firstLine(error) }
  }
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
    const [broken] = document.errors
    return broken === undefined ? toPlain(document) : { problem: firstLine(broken) }
  } catch (error) {
    return { problem: firstLine(error) }
  }
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? ''
}
