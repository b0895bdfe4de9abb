import { parseCommitId, type CommitId } from '../domain/names.js'

/** A tag and the commit behind it. */
export type GitTag = {
  readonly name: string
  /** Made with `git tag -a`; abra refuses to deploy without `--chaos` when one is not. */
  readonly annotated: boolean
  readonly commit: CommitId
  /** Seconds since the epoch. */
  readonly date: number
}

/** What `for-each-ref` is asked to print for {@link parseTags}: one tag a line, its fields parted by NUL. */
export const TAG_FORMAT =
  '%(refname:strip=2)%00%(objecttype)%00%(objectname)%00%(*objecttype)%00%(*objectname)%00%(creatordate:unix)'

/** The tags that name another tag: git tells of them only what that one is. */
export function nestedTags(output: string): readonly string[] {
  const lines = output.split('\n').map(line => line.split('\0'))
  return lines.flatMap(([name = '', , , leadsTo]) => (leadsTo === 'tag' ? [name] : []))
}

/** Reads the tags that lead to a commit; `nested` says it of those that lead there over another tag. */
export function parseTags(
  output: string,
  nested: ReadonlyMap<string, CommitId | undefined> = new Map(),
): readonly GitTag[] {
  return output.split('\n').flatMap(line => {
    const fields = line.split('\0')
    const annotated = fields[1] === 'tag'
    const [type, id = ''] = annotated ? fields.slice(3, 5) : fields.slice(1, 3)
    const commit = type === 'commit' ? parseCommitId(id) : nested.get(fields[0] ?? '')
    const [name = '', date = ''] = [fields[0], fields[5]]
    return commit === undefined ? [] : [{ name, annotated, commit, date: Number(date) }]
  })
}

/** Where a name may stand, most telling first: what a person who typed it means. */
export function candidatesFor(ref: string): readonly string[] {
  if (/^[0-9a-f]{40}$/i.test(ref)) return [ref.toLowerCase()]
  // Git's own syntax for "the third parent of" and the like: no name can hold it.
  if (/[~^:\s]|@\{|\.\./.test(ref)) return []
  if (ref === 'HEAD' || ref.startsWith('refs/')) return [ref]
  return [
    `refs/tags/${ref}`,
    `refs/heads/${ref}`,
    `refs/remotes/origin/${ref}`,
    `refs/remotes/${ref}`,
  ]
}

/** One uncommitted change of a work tree. */
export type Change = { readonly path: string; readonly kind: 'written' | 'deleted' }

/** Reads `git status --porcelain=v1 -z --no-renames`. */
export function parseStatus(output: string): readonly Change[] {
  return output.split('\0').flatMap(entry => {
    const path = entry.slice(3)
    if (path === '') return []
    return [
      { path, kind: entry.slice(1, 2) === 'D' || entry.startsWith('D ') ? 'deleted' : 'written' },
    ]
  })
}
