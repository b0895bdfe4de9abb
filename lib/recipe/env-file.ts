import { randomBytes } from 'node:crypto'
import { open, readFile, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { UsageFault } from '../errors.js'
import { ENV_NAME } from './env-name.js'
import { expand } from './interpolate.js'

const LINE = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.-]*)\s*=(.*)\r?$/
const DOUBLE = /^"((?:[^"\\]|\\.)*)"\s*(?:#.*)?$/
const SINGLE = /^'([^']*)'\s*(?:#.*)?$/
const LARGEST_BYTES = 1 << 20
/** A value that refers to itself over and over doubles with each line: what is longer is cut. */
const LONGEST_VALUE = 1 << 15

/**
 * Reads an app's env file as abra does: in order, each value expanded with what stands above it, so that
 * `COMPOSE_FILE="$COMPOSE_FILE:compose.x.yml"` appends. A later line wins. Single quotes keep a value literal.
 */
export function parseEnv(
  text: string,
  inherited: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const values = new Map(Object.entries(inherited))
  const own = new Map<string, string>()
  for (const line of text.split(/\r?\n/)) {
    const match = LINE.exec(line)
    if (match === null) continue
    const [, name = '', written = ''] = match
    const value = valueOf(written.trim(), values).slice(0, LONGEST_VALUE)
    values.set(name, value)
    own.set(name, value)
  }
  return Object.fromEntries(own)
}

function valueOf(written: string, values: ReadonlyMap<string, string>): string {
  const single = SINGLE.exec(written)
  if (single !== null) return single[1] ?? ''
  const double = DOUBLE.exec(written)
  const lookUp = (name: string): string | undefined => values.get(name)
  if (double !== null) return expand(double[1] ?? '', 'backslash', lookUp).text
  return expand(withoutComment(written), 'none', lookUp).text
}

// Without quotes a comment begins at a hash that follows a blank, or stands first.
function withoutComment(written: string): string {
  return written.replace(/(?:^|\s)#.*$/, '').trimEnd()
}

/**
 * Gives names a value and leaves everything else as it stands. The last definition of a name is replaced (its comment
 * stays), a name without one is appended.
 *
 * @throws UsageFault for a name or value that an env file cannot hold.
 */
export function setEnv(text: string, values: Readonly<Record<string, string>>): string {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  for (const [name, value] of Object.entries(values)) {
    const line = `${checkedName(name)}=${quoted(name, value)}`
    const place = lines.findLastIndex(each => LINE.exec(each)?.[1] === name)
    if (place < 0) lines.push(line)
    else lines[place] = `${line}${commentOf(lines[place] ?? '')}`
  }
  return `${lines.join('\n')}\n`
}

function commentOf(line: string): string {
  const written = (LINE.exec(line)?.[2] ?? '').trim()
  const comment = /^(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^#\s]*)\s+(#.*)$/.exec(written)?.[1]
  return comment === undefined ? '' : ` ${comment}`
}

function checkedName(name: string): string {
  if (ENV_NAME.test(name)) return name
  throw new UsageFault(
    `Cannot set the environment variable ${JSON.stringify(name)}: not a name`,
    'Use letters, digits and underscores, and no digit first',
  )
}

function quoted(name: string, value: string): string {
  if (/[\r\n\0]/.test(value))
    throw new UsageFault(
      `Cannot set "${name}": its value holds a line break`,
      'An env file holds one line a value',
    )
  if (/^[\w./:@%+,=-]*$/.test(value)) return value
  if (!/["\\$`]/.test(value)) return `"${value}"`
  if (!value.includes("'")) return `'${value}'`
  return `"${value.replace(/["\\$`]/g, String.raw`\$&`)}"`
}

/** Reads an env file. Undefined: there is none. */
export async function readEnvFile(path: string): Promise<string | undefined> {
  try {
    const { size } = await stat(path)
    if (size > LARGEST_BYTES) throw new RangeError(`Env file of ${size} bytes: ${path}`)
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** Replaces a file so that a reader sees the old text or the new one, never a part; keeps its mode. `drafted` comes in between. */
export async function writeEnvFile(
  path: string,
  text: string,
  drafted?: () => void,
): Promise<void> {
  const beside = join(dirname(path), `.${basename(path)}.${randomBytes(4).toString('hex')}.tmp`)
  try {
    await writeSynced(beside, text, await modeOf(path))
    drafted?.()
    await rename(beside, path)
  } finally {
    await rm(beside, { force: true })
  }
}

async function writeSynced(path: string, text: string, mode: number): Promise<void> {
  await using file = await open(path, 'wx', mode)
  await file.writeFile(text)
  await file.sync()
}

async function modeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).mode & 0o777
  } catch {
    return 0o600
  }
}
