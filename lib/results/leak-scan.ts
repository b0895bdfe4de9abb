import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** What the search needs to know of a mask. */
export type SecretMask = {
  readonly mask: (text: string) => string
  /** True when the text shows a secret. */
  readonly shows: (text: string) => boolean
  /** The longest secret, in characters. */
  readonly reach: () => number
}

export type Scan = {
  /** True: searched to the end and clean. False: found. Null: not searched to the end, nothing found so far. */
  readonly clean: boolean | null
  /** Files that show a secret, relative to the folder. */
  readonly files: readonly string[]
}

/** Not the record of the run: checkouts of the recipe and abra's own files. */
const NOT_OURS = new Set(['abra', 'lint', 'kept'])
const CHUNK_BYTES = 1024 * 1024
const MOST_BYTES = 32 * CHUNK_BYTES
const MOST_MS = 3000

/** Searches what a run wrote into its folder for secrets, within 32 MiB and three seconds. Never throws. */
export async function scanForSecrets(dir: string, secrets: SecretMask): Promise<Scan> {
  const files: string[] = []
  const budget = { bytes: MOST_BYTES, deadlineMs: performance.now() + MOST_MS }
  let complete = true
  try {
    for (const name of await recordFiles(dir)) {
      const found = await scanFile(join(dir, name), secrets, budget)
      if (found === true) files.push(name)
      if (found === undefined) complete = false
    }
  } catch {
    complete = false
  }
  return { clean: files.length > 0 ? false : complete ? true : null, files }
}

async function recordFiles(dir: string, below = ''): Promise<readonly string[]> {
  const entries = await readdir(join(dir, below), { withFileTypes: true })
  const names: string[] = []
  for (const entry of entries.sort((one, other) => one.name.localeCompare(other.name))) {
    const name = join(below, entry.name)
    if (NOT_OURS.has(name)) continue
    if (entry.isFile()) names.push(name)
    if (entry.isDirectory()) names.push(...(await recordFiles(dir, name)))
  }
  return names
}

type Budget = { bytes: number; readonly deadlineMs: number }

/** Undefined: could not be read to its end. */
async function scanFile(
  path: string,
  secrets: SecretMask,
  budget: Budget,
): Promise<boolean | undefined> {
  try {
    await using file = await open(path)
    let before = ''
    const chunks: AsyncIterable<string> = file.createReadStream({
      highWaterMark: CHUNK_BYTES,
      encoding: 'utf8',
      autoClose: false,
    })
    for await (const chunk of chunks) {
      const text = before + chunk
      if (secrets.shows(text)) return true
      before = text.slice(-Math.max(secrets.reach(), 1024))
      budget.bytes -= chunk.length
      if (budget.bytes < 0 || performance.now() > budget.deadlineMs) return undefined
    }
    return false
  } catch {
    return undefined
  }
}
