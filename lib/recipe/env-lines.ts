import { ENV_NAME } from './env-name.js'

/** What a program said of the environment. */
type EnvLines = {
  readonly env: Readonly<Record<string, string>>
  /** Why lines that were meant as assignments are none that an env file can hold. Their values are not told: they may be secret. */
  readonly bad: readonly string[]
}

/** One word before the equals sign; a blank between them only behind a name. */
const ASSIGNMENT = /^\s*(?:export\s+)?([\w.-]+|[A-Za-z_]\w*\s+)=(.*)$/s
/** The quote that begins a value, what it holds, and behind its end at most a comment. */
const QUOTED = /^(["'])((?:\\.|(?!\1).)*)\1\s*(?:#.*)?$/s

/**
 * Reads the KEY=value lines that a program printed. A value is what stands there, without quotes around it: no variable in it
 * is filled in, and a hash is a hash, for it may be a password. Lines that assign nothing are its talk.
 */
export function readEnvLines(text: string): EnvLines {
  const env: Record<string, string> = {}
  const bad: string[] = []
  for (const line of text.split(/\r?\n/)) {
    const match = ASSIGNMENT.exec(line)
    if (match === null) continue
    const [name, written] = [match[1]?.trim() ?? '', match[2] ?? '']
    const value = unquoted(written.trim())
    if (!ENV_NAME.test(name)) bad.push(`"${name}" is no name that an env file can hold`)
    else if (/[\r\0]/.test(value)) bad.push(`the value of ${name} has a character that ends a line`)
    else env[name] = value
  }
  return { env, bad }
}

function unquoted(written: string): string {
  const [, quote, held = ''] = QUOTED.exec(written) ?? []
  if (quote === undefined) return written
  return quote === '"' ? held.replace(/\\(["\\$`])/g, '$1') : held
}
