import { lstat, mkdtemp, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Emit } from '../domain/events.js'
import type { CommitId } from '../domain/names.js'
import type { FetchRequest } from '../domain/request.js'
import { AbsentFault, EXIT, Fault, type ExitCode } from '../errors.js'
import { makeFolder } from '../files/make-folder.js'
import type { Git, Tip } from '../git/git.js'
import { addUpstreamTags, cloneRecipe } from '../recipe/fetch.js'

export type FetchCommandPorts = {
  readonly git: Git
  readonly emit: Emit
  /** One line on stdout. */
  readonly print: (line: string) => void
}

/** The staged clone holds work that an update would bury. */
class StagedWork extends Fault {
  readonly code = 'RCI_STAGED_WORK'
  readonly hint =
    'Commit and push it, or move it away; "recipe-ci run --skip-fetch" tests it as it is'
  readonly dir: string

  constructor(dir: string, what: string) {
    super(`Cannot update the staged clone "${dir}": ${what}`)
    this.dir = dir
  }
}

/**
 * Clones or updates the staged clone of a recipe, full history and tags, and prints the head commit. A clone that is there
 * keeps its origin unless a source is named; work of a person in it is never buried.
 */
export async function fetchStaged(
  request: FetchRequest,
  ports: FetchCommandPorts,
): Promise<ExitCode> {
  const { config, recipe, src } = request
  const dir = join(config.abraDir, 'recipes', recipe)
  if (await exists(join(dir, '.git'))) await update(ports.git, dir, request)
  else await cloneInto(ports.git, dir, request)
  const upstream = `${config.upstreamBase}/${recipe}.git`
  await addUpstreamTags(ports, { dir, from: src.location, upstream })
  ports.print(await checkOut(ports.git, dir, request))
  return EXIT.green
}

// Whole or not at all: a clone cut short would be taken for the recipe.
async function cloneInto(git: Git, dir: string, { recipe, src }: FetchRequest): Promise<void> {
  await makeFolder(dirname(dir))
  const partial = await mkdtemp(join(dirname(dir), `.${recipe}-`))
  try {
    await cloneRecipe(git, { recipe, src, dir: join(partial, recipe) })
    await rename(join(partial, recipe), dir)
  } finally {
    await rm(partial, { recursive: true, force: true })
  }
}

async function update(git: Git, dir: string, { src }: FetchRequest): Promise<void> {
  const changes = await git.changes(dir)
  if (changes.length > 0)
    throw new StagedWork(dir, `"${changes[0]?.path ?? ''}" has uncommitted changes`)
  if (src.kind !== 'upstream') await git.setOrigin(dir, src.location)
  await git.fetchAll(dir)
}

async function checkOut(git: Git, dir: string, request: FetchRequest): Promise<CommitId> {
  const { ref, recipe, src } = request
  if (ref === undefined) return checkOutTip(git, dir, request)
  const known = async (): Promise<CommitId | undefined> =>
    (await git.resolve(dir, `refs/remotes/origin/${ref}`)) ?? (await git.resolve(dir, ref))
  const commit = (await known()) ?? ((await git.fetchLoose(dir, ref)) ? await known() : undefined)
  if (commit === undefined)
    throw new AbsentFault(
      `Cannot find the ref "${ref}" of "${recipe}": no commit, branch or tag of "${src.location}"`,
      'Check --ref, and --src if it is a fork',
    )
  await git.checkout(dir, commit)
  return commit
}

async function checkOutTip(git: Git, dir: string, { recipe }: FetchRequest): Promise<CommitId> {
  const tip = await git.defaultTip(dir)
  const commit = tip?.commit ?? (await git.head(dir))
  if (commit === undefined)
    throw new AbsentFault(
      `Cannot find a head of "${recipe}": its repository has no commit`,
      'Push a first commit, or name another source with --src',
    )
  if (tip === undefined) await git.checkout(dir, commit)
  else await moveBranch(git, dir, tip)
  return commit
}

async function moveBranch(git: Git, dir: string, { branch, commit }: Tip): Promise<void> {
  const local = await git.resolve(dir, `refs/heads/${branch}`)
  if (local !== undefined && !(await git.isAncestor(dir, local, commit)))
    throw new StagedWork(dir, `its branch "${branch}" has commits that origin does not have`)
  const flags = ['-f', '--quiet', '--track', '-B', branch, `origin/${branch}`, '--']
  await git.must(`check out "${branch}"`, ['checkout', ...flags], { dir })
}

async function exists(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined)) !== undefined
}
