/** Thrown by a parser that does not understand a text: says what the text should have been. */
export class Malformed extends Error {
  /** Completes "expected …". */
  readonly expected: string
  /** What to do, when that is more than writing what was expected. */
  readonly fix: string | undefined

  constructor(expected: string, fix?: string) {
    super(`expected ${expected}`)
    this.expected = expected
    this.fix = fix
  }
}

const LONGEST_SHOWN = 400

/** A foreign text, quoted and safe to print on one line. */
export function shown(text: string): string {
  return `"${calm(text)}"`
}

/** A foreign text, safe to print: control characters escaped, credentials in URLs hidden, cut when they are long. */
export function calm(text: string): string {
  const safe = text
    .replace(/:\/\/[^/\s]*@/g, '://***@')
    .replace(/\p{C}/gu, character => `\\u{${character.codePointAt(0)?.toString(16) ?? ''}}`)
  return safe.length > LONGEST_SHOWN ? `${safe.slice(0, LONGEST_SHOWN)}…` : safe
}
