import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { TIERS, type Tier } from '../domain/tiers.js'
import { AbsentFault } from '../errors.js'
import { NOT_RUNNABLE, readFolder, type Candidate, type Folder } from './customisation-folder.js'
import { META_FILE, type MetaLayer } from './meta.js'

/** Hooks of `ops/`, by the name of the file without its ending. */
const HOOKS = [
  'pre_install',
  'pre_upgrade',
  'pre_backup',
  'pre_restore',
  'backup_verify',
  'ready_probe',
  'extra_env',
] as const
type HookName = (typeof HOOKS)[number]

const TIER_TESTS = TIERS.map(tier => `test_${tier}`)

/** Who wrote a file: the operator, or the recipe's own repository. */
type Origin = 'operator' | 'recipe'

/** A hook or test of a recipe. */
export type CustomFile = { readonly path: string; readonly name: string; readonly origin: Origin }

/** Everything that is customised for one recipe. */
export type Customisation = {
  /** The folders looked into, the operator's first. */
  readonly folders: readonly { readonly dir: string; readonly origin: Origin }[]
  readonly installSteps: CustomFile | undefined
  readonly hooks: Readonly<Partial<Record<HookName, CustomFile>>>
  /** `compose.ccci.yml` */
  readonly overlay: CustomFile | undefined
  /** Overlay assertions of each tier; all folders' together. */
  readonly tests: Readonly<Record<Tier, readonly CustomFile[]>>
  readonly custom: readonly CustomFile[]
  /** What lies in `previous/`: repairs of base versions, each named after its version. */
  readonly previous: readonly CustomFile[]
  /** Files that look like ours and are not used, with the reason: never silently. */
  readonly warnings: readonly string[]
}

export const OVERLAY_FILE = 'compose.ccci.yml'
const APPROVED_FILE = 'repo-local-approved.txt'

export type DiscoverRequest = {
  readonly recipe: string
  readonly recipesDir: string
  /** A snapshot of the recipe's own `tests/`; undefined: it has none. Looked into only when the recipe is approved. */
  readonly ownTests: string | undefined
}

/**
 * Finds what is customised. Of hooks, install steps and overlay there is one each, and the operator's wins; tests of both
 * places all run. A hook or tier test that is a program and cannot be run is taken where there is no other one: what it
 * should have proven is missing then, and must not be so without a word.
 */
export async function discover(request: DiscoverRequest): Promise<Customisation> {
  const { recipe, recipesDir, ownTests } = request
  const operator = await readFolder(join(recipesDir, recipe))
  const approved = ownTests !== undefined && (await isApproved(recipesDir, recipe))
  const own = approved ? await readFolder(ownTests) : undefined
  const folders = [
    ...(operator === undefined ? [] : [{ folder: operator, origin: 'operator' as const }]),
    ...(own === undefined ? [] : [{ folder: own, origin: 'recipe' as const }]),
  ]
  return assemble(withoutIdle(folders))
}

type Placed = { readonly folder: Folder; readonly origin: Origin }

/** Programs that cannot be run give way to those of the same stem, wherever they lie. */
function withoutIdle(folders: readonly Placed[]): readonly Placed[] {
  const stems = (of: 'ops' | 'tests') =>
    new Set(
      folders.flatMap(({ folder }) => folder[of].flatMap(each => (each.runs ? [each.stem] : []))),
    )
  const [ops, tests] = [stems('ops'), stems('tests')]
  return folders.map(({ folder, origin }) => {
    const idleOps = folder.ops.filter(({ runs, stem }) => !runs && ops.has(stem))
    const idleTests = folder.tests.filter(({ runs, stem }) => !runs && tests.has(stem))
    const idle = [...idleOps, ...idleTests].map(({ path }) => ({ path, why: NOT_RUNNABLE }))
    return {
      origin,
      folder: {
        ...folder,
        ops: folder.ops.filter(each => !idleOps.includes(each)),
        tests: folder.tests.filter(each => !idleTests.includes(each)),
        unusable: [...folder.unusable, ...idle],
      },
    }
  })
}

function assemble(folders: readonly Placed[]): Customisation {
  const first = (pick: (folder: Folder) => Candidate | undefined): CustomFile | undefined =>
    folders.flatMap(({ folder, origin }) => placed(pick(folder), origin))[0]
  const all = (pick: (folder: Folder) => readonly Candidate[]): CustomFile[] =>
    folders.flatMap(({ folder, origin }) => pick(folder).flatMap(file => placed(file, origin)))
  const hooks = HOOKS.flatMap(name => {
    const file = first(folder => folder.ops.find(each => each.stem === name))
    return file === undefined ? [] : [[name, file] as const]
  })
  return {
    folders: folders.map(({ folder, origin }) => ({ dir: folder.dir, origin })),
    installSteps: first(folder => folder.installSteps),
    hooks: Object.fromEntries(hooks),
    overlay: first(folder => folder.overlay),
    tests: Object.fromEntries(
      TIERS.map(tier => [tier, all(folder => testsOf(folder, tier))]),
    ) as unknown as Record<Tier, readonly CustomFile[]>,
    custom: all(folder => folder.custom),
    previous: all(folder => folder.previous),
    warnings: folders.flatMap(({ folder }) => warningsOf(folder)),
  }
}

function placed(file: Candidate | undefined, origin: Origin): CustomFile[] {
  return file === undefined ? [] : [{ path: file.path, name: file.name, origin }]
}

function testsOf(folder: Folder, tier: Tier): readonly Candidate[] {
  return folder.tests.filter(({ stem }) => stem === `test_${tier}`)
}

function warningsOf(folder: Folder): readonly string[] {
  const names: readonly string[] = HOOKS
  const strayHooks = folder.ops.filter(({ stem }) => !names.includes(stem))
  const doubled = folder.ops.filter(
    ({ stem }, place) => folder.ops.findIndex(each => each.stem === stem) !== place,
  )
  const strayTests = folder.tests.filter(({ stem }) => !TIER_TESTS.includes(stem))
  return [
    ...folder.unusable.map(({ path, why }) => `"${path}" is not used: ${why}`),
    ...strayHooks.map(({ path }) => `"${path}" is not used: hooks are ${names.join(', ')}`),
    ...doubled.map(({ path, stem }) => `"${path}" is not used: another file is the hook ${stem}`),
    ...strayTests.map(
      ({ path }) => `"${path}" is not used: tests of tiers are ${TIER_TESTS.join(', ')}`,
    ),
  ]
}

/**
 * Whether the recipe's own tests and settings may run on this host: its name stands on a line of its own in
 * `repo-local-approved.txt`. Nothing else approves; `*` is no wildcard, and without the file nothing is approved.
 *
 * @throws AbsentFault when the file is there and cannot be read.
 */
export async function isApproved(recipesDir: string, recipe: string): Promise<boolean> {
  const path = join(recipesDir, APPROVED_FILE)
  try {
    const text = await readFile(path, 'utf8')
    return text.split('\n').some(line => line.replace(/#.*$/, '').trim() === recipe)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false
    throw new AbsentFault(`Cannot read "${path}"`, 'Check what it is and its rights', {
      cause: error,
    })
  }
}

/** The manifest: one line for each thing that is not as it would be without any file. */
export function manifestLines(
  found: Customisation,
  layers: readonly (MetaLayer | undefined)[],
): readonly string[] {
  const one = (what: string, file: CustomFile | undefined): string[] =>
    file === undefined ? [] : [`${what}: ${file.name} (${file.origin})`]
  const many = (what: string, files: readonly CustomFile[]): string[] =>
    files.length === 0
      ? []
      : [`${what}: ${files.map(file => `${file.name} (${file.origin})`).join(', ')}`]
  const lines = [
    ...layers.flatMap(layer =>
      layer === undefined ? [] : [`${META_FILE}: ${layer.keys.join(', ')} (${layer.path})`],
    ),
    ...one('install steps', found.installSteps),
    ...HOOKS.flatMap(hook => one(`hook ${hook}`, found.hooks[hook])),
    ...one('overlay', found.overlay),
    ...TIERS.flatMap(tier => many(`assertions of ${tier}`, found.tests[tier])),
    ...many('custom tests', found.custom),
    ...many('repairs of a base', found.previous),
  ]
  return lines.length === 0 ? ['nothing customised: the generic floor'] : lines
}
