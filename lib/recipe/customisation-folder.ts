import { access, constants, lstat, open, readdir, stat } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import { errnoOf } from '../domain/errno.js'
import { AbsentFault } from '../errors.js'

/** A file that a recipe's customisation may use. */
export type Candidate = {
  readonly path: string
  readonly name: string
  /** The name without its ending: `test_install` of `test_install.sh`. */
  readonly stem: string
  /** It has a run bit, or an ending for which a runner is known. */
  readonly runs: boolean
}

/** What lies in one folder of customisations. */
export type Folder = {
  readonly dir: string
  readonly installSteps: Candidate | undefined
  /** In `ops/` and `tests`: what runs, and what is a program and cannot. */
  readonly ops: readonly Candidate[]
  readonly overlay: Candidate | undefined
  /** All `test_*` at the top level, by name. */
  readonly tests: readonly Candidate[]
  readonly custom: readonly Candidate[]
  /** Repairs of base versions: what lies in `previous/`. */
  readonly previous: readonly Candidate[]
  readonly unusable: readonly { readonly path: string; readonly why: string }[]
}

/** Endings for which a runner is known; any other file needs a run bit. */
const KNOWN_ENDINGS = ['.sh', '.mjs', '.js', '.py', '.ts']

/** What pytest reads beside the tests: no test itself. */
const FIXTURES = 'conftest.py'

export const NOT_RUNNABLE = `it has no run bit, and its ending is none of ${KNOWN_ENDINGS.join(', ')}`

/**
 * Reads a folder. Undefined: it is not there.
 *
 * @throws AbsentFault when a folder, or what lies in it, is there and cannot be looked at.
 */
export async function readFolder(dir: string): Promise<Folder | undefined> {
  const top = await filesOf(dir)
  if (top === undefined) return undefined
  const [ops, custom] = await Promise.all([
    programs(await filesOf(join(dir, 'ops'))),
    filesOf(join(dir, 'custom')),
  ])
  const tests = await programs(top.filter(({ stem }) => stem.startsWith('test_')))
  const named = (name: string): Candidate | undefined => top.find(each => each.name === name)
  return {
    dir,
    installSteps: named('install_steps.sh'),
    ops: ops.good,
    overlay: named('compose.ccci.yml'),
    tests: tests.good,
    // What lies in custom/ besides tests is theirs to use.
    custom: (custom ?? []).filter(({ name, runs }) => runs && name !== FIXTURES),
    previous: (await filesOf(join(dir, 'previous'))) ?? [],
    unusable: [
      ...[...ops.bad, ...tests.bad].map(({ path }) => ({ path, why: NOT_RUNNABLE })),
      ...(await strayLinks(dir)),
    ],
  }
}

/** Regular files directly in a folder, links to files included, in the order of their names; hidden and private ones not. */
async function filesOf(dir: string): Promise<Candidate[] | undefined> {
  const names = await there(dir, readdir(dir))
  if (names === undefined) return undefined
  const files: Candidate[] = []
  for (const name of names.sort(byCodePoint)) {
    const path = join(dir, name)
    if (/^[._]/.test(name) || !(await isFile(path))) continue
    const runs = await canRun(path, name)
    files.push({ path, name, stem: basename(name, extname(name)), runs })
  }
  return files
}

/** Links that lead nowhere: a test that is one must not vanish without a word. */
async function strayLinks(dir: string): Promise<Folder['unusable']> {
  const stray: { path: string; why: string }[] = []
  for (const folder of [dir, join(dir, 'ops'), join(dir, 'custom')])
    for (const name of (await there(folder, readdir(folder))) ?? []) {
      const path = join(folder, name)
      const isLink = await lstat(path).then(facts => facts.isSymbolicLink())
      const leads = isLink && (await stat(path).catch(() => undefined)) === undefined
      if (leads) stray.push({ path, why: 'it is a link that leads nowhere' })
    }
  return stray
}

async function programs(
  files: readonly Candidate[] = [],
): Promise<{ good: readonly Candidate[]; bad: readonly Candidate[] }> {
  const good = new Set<Candidate>()
  for (const file of files) if (file.runs || (await isProgram(file))) good.add(file)
  return { good: [...good], bad: files.filter(file => !good.has(file)) }
}

/** One that lacks its run bit; data and notes of the same name are none. */
async function isProgram({ path, name }: Candidate): Promise<boolean> {
  if (extname(name) === '') return true
  const file = await open(path).catch(() => undefined)
  if (file === undefined) return false
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0)
    return buffer.toString('latin1', 0, bytesRead) === '#!'
  } finally {
    await file.close()
  }
}

async function canRun(path: string, name: string): Promise<boolean> {
  if (KNOWN_ENDINGS.includes(extname(name))) return true
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  )
}

async function isFile(path: string): Promise<boolean> {
  return (await there(path, stat(path)))?.isFile() === true
}

/** Where a path leads nowhere there is nothing; where it cannot be followed, nobody knows what there is. */
async function there<Found>(path: string, looked: Promise<Found>): Promise<Found | undefined> {
  try {
    return await looked
  } catch (error) {
    const code = errnoOf(error)
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP') return undefined
    const message = `Cannot read "${path}": ${String(code)}`
    throw new AbsentFault(message, 'Check what it is and its rights', { cause: error })
  }
}

function byCodePoint(a: string, b: string): number {
  return a < b ? -1 : 1
}
