import { access, constants, lstat, readdir, stat } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'

/** A file that a recipe's customisation may use. */
export type Candidate = {
  readonly path: string
  readonly name: string
  /** The name without its ending: `test_install` of `test_install.sh`. */
  readonly stem: string
}

/** What lies in one folder of customisations. */
export type Folder = {
  readonly dir: string
  readonly installSteps: Candidate | undefined
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

/**
 * Reads a folder. Undefined: it is not there. A file with one of the `wanted` stems is taken also when nothing can run it,
 * unless another one of that stem can be run: what it should have proven is missing then, and must not be so without a word.
 */
export async function readFolder(
  dir: string,
  wanted: readonly string[],
): Promise<Folder | undefined> {
  const top = await filesOf(dir)
  if (top === undefined) return undefined
  const [ops, custom] = await Promise.all([
    runnable(await filesOf(join(dir, 'ops')), wanted),
    runnable(await filesOf(join(dir, 'custom')), []),
  ])
  const tests = await runnable(
    top.filter(({ stem }) => stem.startsWith('test_')),
    wanted,
  )
  const named = (name: string): Candidate | undefined => top.find(each => each.name === name)
  return {
    dir,
    installSteps: named('install_steps.sh'),
    ops: ops.good,
    overlay: named('compose.ccci.yml'),
    tests: tests.good,
    custom: custom.good.filter(({ name }) => name !== FIXTURES),
    previous: (await filesOf(join(dir, 'previous'))) ?? [],
    // What lies in custom/ besides tests is theirs to use.
    unusable: [
      ...[...ops.bad, ...tests.bad].map(({ path }) => ({
        path,
        why: `it has no run bit, and its ending is none of ${KNOWN_ENDINGS.join(', ')}`,
      })),
      ...(await strayLinks(dir)),
    ],
  }
}

/** Regular files directly in a folder, links to files included, in the order of their names; hidden and private ones not. */
async function filesOf(dir: string): Promise<Candidate[] | undefined> {
  const names = await readdir(dir).catch(() => undefined)
  if (names === undefined) return undefined
  const files: Candidate[] = []
  for (const name of names.sort(byCodePoint)) {
    const path = join(dir, name)
    if (/^[._]/.test(name) || !(await isFile(path))) continue
    files.push({ path, name, stem: basename(name, extname(name)) })
  }
  return files
}

/** Links that lead nowhere: a test that is one must not vanish without a word. */
async function strayLinks(dir: string): Promise<Folder['unusable']> {
  const stray: { path: string; why: string }[] = []
  for (const folder of [dir, join(dir, 'ops'), join(dir, 'custom')])
    for (const name of await readdir(folder).catch(() => [])) {
      const path = join(folder, name)
      const isLink = await lstat(path).then(facts => facts.isSymbolicLink())
      const leads = isLink && (await stat(path).catch(() => undefined)) === undefined
      if (leads) stray.push({ path, why: 'it is a link that leads nowhere' })
    }
  return stray
}

async function runnable(
  files: readonly Candidate[] = [],
  wanted: readonly string[],
): Promise<{ good: readonly Candidate[]; bad: readonly Candidate[] }> {
  const can = new Set<Candidate>()
  for (const file of files) if (await canRun(file)) can.add(file)
  const stems = new Set([...can].map(({ stem }) => stem))
  const isGood = (file: Candidate) =>
    can.has(file) || (wanted.includes(file.stem) && !stems.has(file.stem))
  return { good: files.filter(isGood), bad: files.filter(file => !isGood(file)) }
}

async function canRun({ path, name }: Candidate): Promise<boolean> {
  if (KNOWN_ENDINGS.includes(extname(name))) return true
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  )
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() === true
}

function byCodePoint(a: string, b: string): number {
  return a < b ? -1 : 1
}
