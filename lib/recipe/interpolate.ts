/** What to replace a variable with; undefined: it is not set. */
export type LookUp = (name: string) => string | undefined

export type Expansion = {
  readonly text: string
  /** Variables that had to be set (`${NAME:?why}`) and are not, with the reason given. */
  readonly missing: readonly string[]
}

/** How a dollar sign is kept: by a backslash (env files, in double quotes), by doubling it (compose files), or not at all. */
export type Escape = 'backslash' | 'doubled' | 'none'

const OPENING = String.raw`\$(?:\{([A-Za-z_]\w*)(:?[-?+])?|([A-Za-z_]\w*))`
const PATTERNS: Readonly<Record<Escape, string>> = {
  backslash: String.raw`\\.|${OPENING}`,
  doubled: String.raw`\$\$|${OPENING}`,
  none: OPENING,
}

/**
 * Fills in variables: `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME-default}`, `${NAME:?why}`, `${NAME?why}`,
 * `${NAME:+instead}` and `${NAME+instead}`. A default ends at the first closing brace and is taken as it stands, as Swarm's
 * compose reader does. What is set comes in unchanged, never expanded again.
 */
export function expand(text: string, escape: Escape, lookUp: LookUp): Expansion {
  const pattern = new RegExp(PATTERNS[escape], 'gs')
  const missing: string[] = []
  const pieces: string[] = []
  const lastBrace = text.lastIndexOf('}')
  let from = 0
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const found = reference(match, text, lastBrace)
    if (found === undefined) continue
    pieces.push(text.slice(from, match.index), replacement(found, lookUp, missing))
    from = found.end
    pattern.lastIndex = from
  }
  pieces.push(text.slice(from))
  return { text: pieces.join(''), missing }
}

type Reference =
  | { readonly literal: string; readonly end: number }
  | {
      readonly name: string
      readonly operator: string
      readonly operand: string
      readonly end: number
    }

// Undefined: an opening that nothing closes stays as it stands.
function reference(match: RegExpExecArray, text: string, lastBrace: number): Reference | undefined {
  const [whole, braced, operator = '', bare] = match
  const end = match.index + whole.length
  if (bare !== undefined) return { name: bare, operator: '', operand: '', end }
  if (braced === undefined) return { literal: unescaped(whole.charAt(1)), end }
  if (end > lastBrace || (operator === '' && text[end] !== '}')) return undefined
  const close = text.indexOf('}', end)
  const operand = text.slice(end, close)
  return { name: braced, operator, operand, end: close + 1 }
}

function replacement(found: Reference, lookUp: LookUp, missing: string[]): string {
  if ('literal' in found) return found.literal
  const { name, operator, operand } = found
  const value = substitute(lookUp(name), operator, operand)
  if (value === undefined) missing.push(operand === '' ? name : `${name} (${operand})`)
  return value ?? ''
}

function unescaped(character: string): string {
  if (character === 'n') return '\n'
  return character === 't' ? '\t' : character
}

function substitute(
  value: string | undefined,
  operator: string,
  operand: string,
): string | undefined {
  const given = operator.startsWith(':') && value === '' ? undefined : value
  if (operator.endsWith('-')) return given ?? operand
  if (operator.endsWith('?')) return given
  if (operator.endsWith('+')) return given === undefined ? '' : operand
  return value ?? ''
}
