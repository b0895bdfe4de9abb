import { parseCommitId, type CommitId } from '../domain/names.js'
import {
  gitCommand,
  GitFault,
  LOCAL_UPLOAD_PACK,
  said,
  succeeded,
  type Asked,
  type GitCommand,
  type GitOptions,
} from './git-command.js'
import {
  candidatesFor,
  nestedTags,
  parseStatus,
  parseTags,
  TAG_FORMAT,
  type Change,
  type GitTag,
} from './refs.js'

const CLONE_DEADLINE_MS = 600_000
const TAGS_DEADLINE_MS = 20_000

/** A branch and the commit at its tip. */
export type Tip = { readonly branch: string; readonly commit: CommitId }

type DiffAsked = {
  readonly from: string
  /** Undefined: the tree as it stands. */
  readonly to: string | undefined
  /** Pathspecs. */
  readonly files: readonly string[]
}

/** git as the project uses it. Every call throws a {@link GitFault} when git fails, unless it says otherwise. */
export type Git = {
  /** Full history and all tags, nothing checked out. `source` is a path or a URL; a source on this disk is only read. */
  readonly clone: (source: string, dir: string) => Promise<void>
  /** All branches and tags of origin, moved tags included; vanished branches go. */
  readonly fetchAll: (dir: string) => Promise<void>
  /** Tags of another repository in addition, none of ours replaced; at most 20 s. Resolves to why it did not work. */
  readonly fetchTags: (dir: string, from: string) => Promise<string | undefined>
  /** Asks origin for a commit or a full ref that no branch or tag leads to. False: origin does not have it. */
  readonly fetchLoose: (dir: string, what: string) => Promise<boolean>
  /** Makes the tree what the commit holds; changed files go, untracked files stay. */
  readonly checkout: (dir: string, commit: string) => Promise<void>
  /** Removes all untracked files, ignored ones too. */
  readonly clean: (dir: string) => Promise<void>
  /** The commit that is checked out; undefined in an empty repository. */
  readonly head: (dir: string) => Promise<CommitId | undefined>
  /** The commit behind 40 hex digits, a tag, a branch or a full ref, as far as `dir` knows it. */
  readonly resolve: (dir: string, ref: string) => Promise<CommitId | undefined>
  /** Whether `commit` holds all that `older` holds. */
  readonly isAncestor: (dir: string, older: string, commit: string) => Promise<boolean>
  /** origin's default branch. */
  readonly defaultTip: (dir: string) => Promise<Tip | undefined>
  readonly tags: (dir: string) => Promise<readonly GitTag[]>
  /** Uncommitted changes, untracked files included, ignored ones not. */
  readonly changes: (dir: string) => Promise<readonly Change[]>
  readonly isDirty: (dir: string) => Promise<boolean>
  /** The text of a file in a commit; undefined: not in it. */
  readonly show: (dir: string, commit: string, path: string) => Promise<string | undefined>
  /** Whether a path in a commit is a link; then {@link Git.show} gives where it leads. */
  readonly isLink: (dir: string, commit: string, path: string) => Promise<boolean>
  /** `git diff` of the files that match: between two commits, or of the tree against the older one. */
  readonly diff: (dir: string, asked: DiffAsked) => Promise<string>
  /** What origin is; undefined: there is none. */
  readonly origin: (dir: string) => Promise<string | undefined>
  readonly setOrigin: (dir: string, url: string) => Promise<void>
  /** Any other git command, by its arguments. */
  readonly must: (what: string, args: readonly string[], asked?: Asked) => Promise<string>
}

export function createGit(options: GitOptions): Git {
  const git = gitCommand(options)
  const must: Git['must'] = async (what, args, asked) => {
    const outcome = await git(args, asked)
    if (!succeeded(outcome)) throw new GitFault(outcome, what)
    return outcome.stdout
  }
  return { must, ...network(git, must), ...tree(must), ...reading(git, must), ...comparing(must) }
}

type Must = Git['must']

function network(
  git: GitCommand,
  must: Must,
): Pick<Git, 'clone' | 'fetchAll' | 'fetchTags' | 'fetchLoose' | 'setOrigin'> {
  return {
    clone: async (source, dir) => {
      // Hard links would touch the inodes of a source that is never written to.
      const flags = ['--quiet', '--no-checkout', '--no-hardlinks', '--template=', '--origin=origin']
      const args = ['clone', ...flags, ...serving(source), '--', source, dir]
      await must(`clone "${source}"`, args, { deadlineMs: CLONE_DEADLINE_MS })
    },
    fetchAll: async dir => {
      const from = (await originOf(git, dir)) ?? ''
      const flags = ['--quiet', '--prune', '--force', '--no-recurse-submodules', ...serving(from)]
      const refs = ['+refs/heads/*:refs/remotes/origin/*', '+refs/tags/*:refs/tags/*']
      const asked = { dir, deadlineMs: CLONE_DEADLINE_MS }
      await must(`fetch from "${from}"`, ['fetch', ...flags, 'origin', ...refs], asked)
      await git(['remote', 'set-head', 'origin', '--auto'], { ...asked })
    },
    fetchTags: async (dir, from) => {
      const flags = ['--quiet', '--no-tags', '--no-write-fetch-head', ...serving(from)]
      const args = ['fetch', ...flags, '--', from, 'refs/tags/*:refs/tags/*']
      const outcome = await git(args, { dir, deadlineMs: TAGS_DEADLINE_MS })
      return succeeded(outcome) ? undefined : said(outcome)
    },
    fetchLoose: async (dir, what) => {
      const from = (await originOf(git, dir)) ?? ''
      const kept = what.startsWith('refs/') ? [`+${what}:${what}`] : [what]
      const args = ['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', ...serving(from)]
      const asked = { dir, deadlineMs: CLONE_DEADLINE_MS }
      return succeeded(await git([...args, 'origin', ...kept], asked))
    },
    setOrigin: async (dir, url) => {
      await must(`set origin to "${url}"`, ['remote', 'set-url', 'origin', url], { dir })
    },
  }
}

function tree(must: Must): Pick<Git, 'checkout' | 'clean' | 'changes' | 'isDirty'> {
  const changes: Git['changes'] = async dir => {
    const flags = ['--porcelain=v1', '-z', '--no-renames', '--untracked-files=all']
    return parseStatus(await must(`read the state of "${dir}"`, ['status', ...flags], { dir }))
  }
  return {
    changes,
    isDirty: async dir => (await changes(dir)).length > 0,
    checkout: async (dir, commit) => {
      const flags = ['-f', '--quiet', '--detach']
      await must(`check out "${commit}"`, ['checkout', ...flags, commit, '--'], { dir })
    },
    clean: async dir => {
      await must(`clean "${dir}"`, ['clean', '-ffdxq'], { dir })
    },
  }
}

function comparing(must: Must): Pick<Git, 'diff' | 'isLink'> {
  return {
    isLink: async (dir, commit, path) => {
      const args = ['ls-tree', '--full-tree', commit, '--', path]
      return (await must(`look at "${path}"`, args, { dir })).startsWith('120000 ')
    },
    diff: (dir, { from, to, files }) => {
      const flags = ['--no-color', '--no-ext-diff', '--no-textconv', '--no-renames']
      const between = to === undefined ? [from] : [from, to]
      return must('compare', ['diff', ...flags, ...between, '--', ...files], { dir })
    },
  }
}

function reading(
  git: GitCommand,
  must: Must,
): Pick<Git, 'head' | 'resolve' | 'isAncestor' | 'defaultTip' | 'tags' | 'show' | 'origin'> {
  const commitOf = async (dir: string, name: string): Promise<CommitId | undefined> => {
    const flags = ['--verify', '--quiet', '--end-of-options']
    const outcome = await git(['rev-parse', ...flags, `${name}^{commit}`], { dir })
    return succeeded(outcome) ? parseCommitId(outcome.stdout.trim()) : undefined
  }
  return {
    head: dir => commitOf(dir, 'HEAD'),
    origin: dir => originOf(git, dir),
    resolve: async (dir, ref) => {
      for (const name of candidatesFor(ref)) {
        const commit = await commitOf(dir, name)
        if (commit !== undefined) return commit
      }
      return undefined
    },
    isAncestor: async (dir, older, commit) =>
      succeeded(await git(['merge-base', '--is-ancestor', older, commit], { dir })),
    defaultTip: async dir => {
      const outcome = await git(['symbolic-ref', '--quiet', 'refs/remotes/origin/HEAD'], { dir })
      const name = succeeded(outcome) ? outcome.stdout.trim() : undefined
      const commit = name === undefined ? undefined : await commitOf(dir, name)
      if (name === undefined || commit === undefined) return undefined
      return { branch: name.replace('refs/remotes/origin/', ''), commit }
    },
    tags: dir => tagsOf(dir, must, commitOf),
    show: async (dir, commit, path) => {
      const outcome = await git(['cat-file', 'blob', `${commit}:${path}`], { dir })
      if (succeeded(outcome)) return outcome.stdout
      if ((await commitOf(dir, commit)) !== undefined) return undefined
      throw new GitFault(outcome, `read "${path}" of "${commit}"`)
    },
  }
}

async function tagsOf(
  dir: string,
  must: Must,
  commitOf: (dir: string, name: string) => Promise<CommitId | undefined>,
): Promise<readonly GitTag[]> {
  const args = ['for-each-ref', `--format=${TAG_FORMAT}`, 'refs/tags']
  const output = await must(`list the tags of "${dir}"`, args, { dir })
  const peeled = nestedTags(output).map(
    async name => [name, await commitOf(dir, `refs/tags/${name}`)] as const,
  )
  return parseTags(output, new Map(await Promise.all(peeled)))
}

async function originOf(git: GitCommand, dir: string): Promise<string | undefined> {
  const outcome = await git(['config', '--get', 'remote.origin.url'], { dir })
  return succeeded(outcome) ? outcome.stdout.trim() : undefined
}

// git runs the serving side itself only for a repository on this disk.
function serving(source: string): readonly string[] {
  const isLocal = source.startsWith('/') || source.startsWith('file://')
  return isLocal ? [`--upload-pack=${LOCAL_UPLOAD_PACK}`] : []
}
