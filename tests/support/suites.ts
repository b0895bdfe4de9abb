import { readdirSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'

/** One kind of test: how many of its processes may run at once, and how long one may take. */
export type Suite = {
  readonly name: string
  readonly jobs: number
  /** Seconds for one process. */
  readonly timeout: number
  /** Pure code: the files share one process a job, as starting tap costs more than most of them. */
  readonly shared: boolean
  /** Needs a Docker engine with the lab on it. */
  readonly lab: boolean
}

/** In the order in which they run: the quick ones first. */
export const SUITES: readonly Suite[] = [
  { name: 'unit', jobs: 2, timeout: 120, shared: true, lab: false },
  { name: 'nix', jobs: 2, timeout: 180, shared: false, lab: false },
  { name: 'package', jobs: 2, timeout: 300, shared: false, lab: false },
  { name: 'contract', jobs: 2, timeout: 180, shared: false, lab: true },
  { name: 'concurrency', jobs: 1, timeout: 300, shared: false, lab: true },
  { name: 'e2e', jobs: 2, timeout: 900, shared: false, lab: true },
  { name: 'zoo', jobs: 1, timeout: 900, shared: false, lab: true },
]

export type Chosen = Suite & { readonly files: readonly string[] }

/**
 * The files of the suites that were asked for, by name (`unit`) or by path (`tests/unit/cli`); all without a word.
 * @throws RangeError for a word that is neither.
 */
export function choose(words: readonly string[]): readonly Chosen[] {
  const asked = words.length === 0 ? SUITES.map(({ name }) => name) : words
  const files = new Set(asked.flatMap(filesOf))
  return SUITES.map(suite => ({
    ...suite,
    files: [...files].filter(file => file.startsWith(`tests/${suite.name}/`)).sort(),
  })).filter(({ name, files }) => files.length > 0 || asked.includes(name))
}

function filesOf(word: string): readonly string[] {
  const path = SUITES.some(({ name }) => name === word) ? join('tests', word) : relative('.', word)
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined && path.startsWith('tests/')) return []
  if (found === undefined) throw new RangeError(`"${word}" is no suite and no file of tests/`)
  if (found.isFile()) return [path]
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.test.ts'))
    .map(name => join(path, name))
}
