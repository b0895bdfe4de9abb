import { ENV_NAME } from './env-name.js'

/** What a program said of the environment. */
type EnvLines = {
  readonly env: Readonly<Record<string, string>>
  /** Lines that were meant as assignments and are none that an env file can hold. */
  readonly bad: readonly string[]
}

const ASSIGNMENT = /^\s*(?:export\s+)?([^\s=#]+)=(.*)$/s
const QUOTED = /^(["'])(.*)\1$/s

/**
 * Reads the KEY=value lines that a program printed. A value is what stands there, without quotes around all of it: no
 * variable in it is filled in, and a hash is a hash, for it may be a password. Lines that assign nothing are its talk.
 */
export function readEnvLines(text: string): EnvLines {
  const env: Record<string, string> = {}
  const bad: string[] = []
  for (const line of text.split(/\r?\n/)) {
    const match = ASSIGNMENT.exec(line)
    if (match === null) continue
    const [, name = '', written = ''] = match
    const value = QUOTED.exec(written.trim())?.[2] ?? written.trim()
    if (ENV_NAME.test(name) && !/[\r\0]/.test(value)) env[name] = value
    else bad.push(line)
  }
  return { env, bad }
}
