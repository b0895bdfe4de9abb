import { lstat, readdir, realpath, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Emit } from '../domain/events.js'
import { parseCommitId, type CommitId } from '../domain/names.js'
import type { Source } from '../domain/request.js'
import { AbsentFault } from '../errors.js'
import { makeFolder } from '../files/make-folder.js'
import { GitFault } from '../git/git-command.js'
import type { Git, Tip } from '../git/git.js'
import type { GitTag } from '../git/refs.js'
import { copyTree, keepUncommitted, recipeTree, type RecipeTree, type Uncommitted } from './tree.js'
import { newestFirst, parseVersion } from './versions.js'

export type FetchPorts = { readonly git: Git; readonly emit: Emit }

/** What to bring into the run's own checkout, and from where. */
export type FetchPlan = {
  readonly recipe: string
  readonly src: Source
  /** As requested; undefined: the head of the default branch. */
  readonly ref: string | undefined
  /** A published version in place of a ref. */
  readonly version: string | undefined
  readonly pr: number
  /** Copy the staged clone in place of cloning. */
  readonly skipFetch: boolean
  /** The staged clone: `<canonical abra dir>/recipes/<recipe>`. Never written to. */
  readonly staged: string
  /** Where the checkout goes: `<run's abra dir>/recipes/<recipe>`. */
  readonly dir: string
  /** A folder of the run where uncommitted files are kept. */
  readonly keep: string
  /** The recipe's upstream, for tags that the source lacks. */
  readonly upstream: string
}

/** A recipe at the commit under test. */
export type Fetched = {
  readonly tree: RecipeTree
  readonly tags: readonly GitTag[]
  /** The tip of the branch the head would be merged into: the source's default branch. */
  readonly tip: Tip | undefined
  /** What the head is, for people: a branch, a tag, a version, a commit. */
  readonly headName: string
}

/**
 * Brings the recipe into the run's own abra folder and checks the head out.
 *
 * @throws AbsentFault naming what is absent and where: repository, staged clone, ref or version.
 */
export async function fetchRecipe(ports: FetchPorts, plan: FetchPlan): Promise<Fetched> {
  const { git } = ports
  await makeFolder(dirname(plan.dir))
  if (plan.skipFetch) await copyStaged(git, plan)
  else await clone(ports, plan)
  const tip = await git.defaultTip(plan.dir)
  const tags = await git.tags(plan.dir)
  const asked = plan.version ?? plan.ref
  const head = asked === undefined ? await ownHead(git, plan) : await find(git, plan, tags)
  const uncommitted = asked === undefined && plan.skipFetch ? await setAside(git, plan) : undefined
  await git.must('mark the head', ['update-ref', 'refs/recipe-ci/head', head], { dir: plan.dir })
  const tree = recipeTree({ git, dir: plan.dir, head, uncommitted })
  await tree.toHead()
  return { tree, tags, tip, headName: asked ?? tip?.branch ?? head.slice(0, 8) }
}

async function clone(ports: FetchPorts, plan: FetchPlan): Promise<void> {
  await cloneRecipe(ports.git, plan)
  await addUpstreamTags(ports, { dir: plan.dir, from: plan.src.location, upstream: plan.upstream })
}

/** Clones a recipe from its source. @throws AbsentFault naming the source and what git said. */
export async function cloneRecipe(
  git: Git,
  { recipe, src, dir }: Pick<FetchPlan, 'recipe' | 'src' | 'dir'>,
): Promise<void> {
  try {
    await git.clone(src.location, dir)
  } catch (error) {
    if (!(error instanceof GitFault)) throw error
    throw new AbsentFault(
      `Cannot get the recipe "${recipe}" from "${src.location}": ${said(error)}`,
      'Check the name of the recipe, --src, and that this host may read the repository',
      { cause: error },
    )
  }
}

/** A source without version tags gets those of upstream in addition; that it can not is a warning, after 20 s at most. */
export async function addUpstreamTags(
  { git, emit }: FetchPorts,
  place: { readonly dir: string; readonly from: string; readonly upstream: string },
): Promise<void> {
  const { dir, from, upstream } = place
  if (from === upstream) return
  if ((await git.tags(dir)).some(({ name }) => parseVersion(name) !== undefined)) return
  const failure = await git.fetchTags(dir, upstream)
  const text = `The source has no version tags, and those of "${upstream}" cannot be had: ${failure ?? ''}`
  if (failure !== undefined) emit({ type: 'run.warned', text })
}

function said(error: GitFault): string {
  return error.message.replace(/^Cannot clone ".*?": /, '')
}

async function copyStaged(git: Git, plan: FetchPlan): Promise<void> {
  const { recipe, staged, dir } = plan
  const marker = await lstat(join(staged, '.git')).catch(() => undefined)
  if (marker === undefined)
    throw new AbsentFault(
      `Cannot copy the staged clone of "${recipe}": no git repository in "${staged}"`,
      `Run "recipe-ci fetch ${recipe}" first, or leave out --skip-fetch`,
    )
  if (!marker.isDirectory()) return copyWorktree(git, plan)
  await copyTree(await realpath(staged), dir)
  await dropLocks(join(dir, '.git'))
  // A repository may say that its files lie elsewhere; ours lie here.
  await git
    .must('unset core.worktree', ['config', '--unset-all', 'core.worktree'], { dir })
    .catch(() => undefined)
}

// A linked work tree: its ".git" is a file that points into the repository it belongs to, which is not ours to change.
async function copyWorktree(git: Git, { staged, dir }: FetchPlan): Promise<void> {
  const head = await git.head(staged)
  await git.clone(staged, dir)
  if (head === undefined) return
  await git.fetchLoose(dir, head)
  await git.checkout(dir, head)
  for (const { path, kind } of await git.changes(staged)) {
    await rm(join(dir, path), { recursive: true, force: true })
    if (kind === 'written') await copyTree(join(staged, path), join(dir, path))
  }
}

// The staged clone may be in use while it is copied.
async function dropLocks(gitDir: string): Promise<void> {
  const names = await readdir(gitDir)
  for (const name of names.filter(each => each.endsWith('.lock')))
    await rm(join(gitDir, name), { force: true })
}

async function setAside(git: Git, plan: FetchPlan): Promise<Uncommitted | undefined> {
  const changes = await git.changes(plan.dir)
  return changes.length === 0 ? undefined : keepUncommitted(plan.dir, changes, plan.keep)
}

async function ownHead(git: Git, plan: FetchPlan): Promise<CommitId> {
  const head = await git.head(plan.dir)
  if (head !== undefined) return head
  throw new AbsentFault(
    `Cannot test the head of "${plan.recipe}": "${sourceOf(plan)}" has no commit on its default branch`,
    'Push a first commit, or name a ref',
  )
}

async function find(git: Git, plan: FetchPlan, tags: readonly GitTag[]): Promise<CommitId> {
  if (plan.version !== undefined) return versionCommit(plan, plan.version, tags)
  const ref = plan.ref ?? ''
  const commit = (await git.resolve(plan.dir, ref)) ?? (await findLoose(git, plan, ref))
  if (commit !== undefined) return commit
  const short = /^[0-9a-f]{7,39}$/.test(ref)
  throw new AbsentFault(
    `Cannot find the ref "${ref}" of "${plan.recipe}": no commit, branch or tag of "${sourceOf(plan)}"`,
    short ? 'Give all forty digits of the commit' : 'Check --ref, and --src if it is a fork',
  )
}

// The head of a pull request from a fork: no branch or tag of the source leads to it.
async function findLoose(git: Git, plan: FetchPlan, ref: string): Promise<CommitId | undefined> {
  if (plan.skipFetch) return undefined
  const isCommit = parseCommitId(ref.toLowerCase()) !== undefined
  if (!isCommit && !ref.startsWith('refs/')) return undefined
  const wanted = isCommit && plan.pr > 0 ? [ref, `refs/pull/${plan.pr}/head`] : [ref]
  for (const each of wanted) {
    await git.fetchLoose(plan.dir, each)
    const commit = await git.resolve(plan.dir, ref)
    if (commit !== undefined) return commit
  }
  return undefined
}

function versionCommit(plan: FetchPlan, version: string, tags: readonly GitTag[]): CommitId {
  const tag = tags.find(({ name }) => name === version)
  if (tag !== undefined) return tag.commit
  const published = newestFirst(tags).map(({ name }) => name)
  const known =
    published.length === 0 ? 'it has none' : `newest: ${published.slice(0, 5).join(', ')}`
  throw new AbsentFault(
    `Cannot find the version "${version}" of "${plan.recipe}": no such tag in "${sourceOf(plan)}"`,
    `Name a published version (${known})`,
  )
}

function sourceOf({ skipFetch, staged, src }: FetchPlan): string {
  return skipFetch ? staged : src.location
}
