import { readFileSync, writeFileSync } from 'node:fs'

const LINE = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.]*)\s*[=:]\s*(.*)$/
const REFERENCE =
  /(?<escape>\\)?\$(?:\{(?<braced>[A-Za-z0-9_]+)\}|(?<bare>[A-Za-z_][A-Za-z0-9_]*))/g

/**
 * Reads Docker's env-file syntax with self reference, in order: a later line may use what earlier ones set.
 * `modifiers` holds the trailing comments that steer the making of secrets (`# length=32 charset=hex`).
 */
export function parseEnv(text) {
  const env = {}
  const modifiers = {}
  for (const line of text.split(/\r?\n/)) {
    const match = LINE.exec(line)
    if (!match || line.trimStart().startsWith('#')) continue
    const { value, comment } = readValue(match[2], env)
    env[match[1]] = value
    modifiers[match[1]] = Object.fromEntries(
      [...comment.matchAll(/([a-z]+)=(\S+)/g)].map(found => [found[1], found[2]]),
    )
  }
  return { env, modifiers }
}

function readValue(raw, env) {
  const quote = raw[0]
  const end = quote === '"' || quote === "'" ? raw.indexOf(quote, 1) : -1
  if (end > 0) {
    const inner = raw.slice(1, end)
    return { value: quote === '"' ? expand(inner, env) : inner, comment: raw.slice(end + 1) }
  }
  const hash = raw.search(/(^|\s)#/)
  const bare = hash < 0 ? raw : raw.slice(0, hash)
  return { value: expand(bare.trim(), env), comment: hash < 0 ? '' : raw.slice(hash) }
}

const expand = (text, env) =>
  text.replace(REFERENCE, (...found) => {
    const { escape, braced, bare } = found.at(-1)
    return escape ? found[0].slice(1) : (env[braced ?? bare] ?? '')
  })

export const readEnvFile = file => parseEnv(readFileSync(file, 'utf8'))

/** Writes the version behind the recipe's name: `TYPE=notes:1.0.0+1.0`. */
export function writeVersion(file, recipe, version) {
  const text = readFileSync(file, 'utf8')
  writeFileSync(
    file,
    text.replace(/^(TYPE|RECIPE)=.*$/m, (_, key) => `${key}=${recipe}:${version}`),
  )
}

/** The `export NAME=value` lines of a recipe's abra.sh, which abra adds to the app's environment. */
export function readExports(text) {
  const lines = text.split(/\r?\n/).filter(line => /^export\s/.test(line))
  return parseEnv(lines.join('\n')).env
}
