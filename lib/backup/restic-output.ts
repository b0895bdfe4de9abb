/** A snapshot of the backup repository. */
export type Snapshot = {
  /** Eight hex digits or all of them, as listed. */
  readonly id: string
  /** Undefined: the list does not say whose it is. */
  readonly owner: SnapshotOwner | undefined
  /** When it was begun, by the clock of the bot's host. Undefined: the list does not say. */
  readonly atMs: number | undefined
}

type SnapshotOwner = {
  readonly host: string
  readonly tags: readonly string[]
  readonly paths: readonly string[]
}

/** One regular file or folder of a snapshot. */
export type SnapshotEntry = {
  readonly path: string
  readonly bytes: number
  readonly isFolder?: boolean
}

const ID = /^(?:[0-9a-f]{8}|[0-9a-f]{64})$/
const DATED = /\d{4}-\d{2}-\d{2}/

/** Reads a list of snapshots, oldest first: restic's JSON, else any table whose rows hold an id and a date. */
export function readSnapshots(output: string): readonly Snapshot[] {
  const json = jsonLines(output).flat()
  const found = json.flatMap(entry => snapshotOf(fieldsOf(entry)))
  if (found.length > 0) return inOrder(found)
  return output.split('\n').flatMap(line => {
    if (!DATED.test(line)) return []
    const id = line.split(/[\s|│┃]+/).find(word => ID.test(word))
    return id === undefined ? [] : [{ id, owner: undefined, atMs: undefined }]
  })
}

function snapshotOf(fields: Fields): Snapshot[] {
  const id = textOf(fields['id']) ?? textOf(fields['short_id'])
  if (id === undefined || !ID.test(id)) return []
  const owner = {
    host: textOf(fields['hostname']) ?? '',
    tags: textsOf(fields['tags']),
    paths: textsOf(fields['paths']),
  }
  const atMs = Date.parse(textOf(fields['time']) ?? '')
  return [{ id, owner, atMs: Number.isNaN(atMs) ? undefined : atMs }]
}

function inOrder(found: readonly Snapshot[]): readonly Snapshot[] {
  return found.toSorted((a, b) => (a.atMs ?? 0) - (b.atMs ?? 0))
}

/** Whether a snapshot is one of this app: by its host, a tag, or a path into one of the app's volumes. */
export function isOf({ owner }: Snapshot, app: { domain: string; stack: string }): boolean {
  if (owner === undefined) return true
  const names = [owner.host, ...owner.tags]
  return (
    names.some(name => name === app.domain || name === app.stack) ||
    owner.paths.some(path => path.split('/').some(part => part.startsWith(`${app.stack}_`)))
  )
}

/** One snapshot named by eight digits here and by all of them there. */
export function sameSnapshot(a: string, b: string): boolean {
  return a.startsWith(b) || b.startsWith(a)
}

/** What is known of a repository before a backup. */
export type Before = {
  readonly ids: readonly string[]
  /** The backup had not begun then, by the clock of the bot's host. Undefined: the ids were read right before it. */
  readonly atMs: number | undefined
}

/** Some lists say whole seconds only, and the clock of the bot may be a little behind the Engine's. */
const SLACK_MS = 1000

/** Whether a backup that came after `before` can have made a snapshot: it named it itself, or it was begun since then. */
export function isNew(
  { id, atMs }: Pick<Snapshot, 'id' | 'atMs'>,
  before: Before,
  said?: string,
): boolean {
  if (before.ids.some(each => sameSnapshot(each, id))) return false
  if (said !== undefined && sameSnapshot(id, said)) return true
  return before.atMs === undefined || atMs === undefined || atMs >= before.atMs - SLACK_MS
}

/**
 * The snapshot that a backup made: of those that were not there before the one it named, else the newest, since others
 * may back up the same app at the same time. Where nobody can list them, what it named is all there is.
 */
export function takenSnapshot(facts: {
  readonly before: Before | undefined
  readonly now: readonly Snapshot[] | undefined
  readonly said: string | undefined
}): string | undefined {
  const { before, now, said } = facts
  if (before === undefined || now === undefined) return said
  const fresh = now.filter(snapshot => isNew(snapshot, before, said)).map(({ id }) => id)
  return fresh.find(id => said !== undefined && sameSnapshot(id, said)) ?? fresh.at(-1)
}

/** The id in what a backup said of itself: restic's own words, or its summary. Its parent is an older one. */
export function savedSnapshot(output: string): string | undefined {
  const said =
    /\b(?<!\bparent )snapshot(?:[_ ]id)?["']?\s*[:=]?\s*["']?([0-9a-f]{8}(?:[0-9a-f]{56})?)\b/gi
  return [...output.matchAll(said)].at(-1)?.[1]
}

/**
 * Reads the regular files of a snapshot and their sizes, and its folders: `restic ls --json`, else `restic ls --long`.
 * Undefined: the snapshot is not in the output, or the output does not say sizes.
 */
export function readEntries(output: string, id: string): readonly SnapshotEntry[] | undefined {
  const entries = jsonLines(output).map(fieldsOf)
  return isHeaded(entries, id) ? entries.flatMap(entryOf) : readLongList(output, id)
}

/** The snapshot that `restic ls --json` says it lists. Undefined: it says none. */
export function readHead(output: string): Snapshot | undefined {
  const head = jsonLines(output).map(fieldsOf).find(isHead)
  return head === undefined ? undefined : snapshotOf(head)[0]
}

// restic ends well for a snapshot it does not have: only the head says that it was found.
function isHeaded(entries: readonly Fields[], id: string): boolean {
  return entries.some(entry => isHead(entry) && sameSnapshot(textOf(entry['id']) ?? '', id))
}

function isHead({ struct_type: type, id }: Fields): boolean {
  return type === 'snapshot' && textOf(id) !== undefined
}

function entryOf(fields: Fields): SnapshotEntry[] {
  const path = textOf(fields['path'])
  if (path === undefined) return []
  if (fields['type'] === 'dir') return [{ path, bytes: 0, isFolder: true }]
  if (fields['type'] !== 'file') return []
  // restic leaves a size of nothing out.
  const { size = 0 } = fields
  return [{ path, bytes: typeof size === 'number' ? size : 0 }]
}

// Go writes a letter for each mode bit that is set before the nine for the permissions, and a dash for none.
const LONG_LINE =
  /^(-|[dalTLDpSugct?]+)[-rwx]{9}\s+\S+\s+\S+\s+(\d+)\s+\d{4}-\d{2}-\d{2} \S+ (\/.*)$/
const NEITHER = /[LDpSc?]/

function readLongList(output: string, id: string): readonly SnapshotEntry[] | undefined {
  const lines = output.split('\n').map(line => line.trimEnd())
  const head = lines.find(line => /^snapshot [0-9a-f]{8,64} of /.test(line))
  if (head === undefined || !sameSnapshot(head.split(' ')[1] ?? '', id)) return undefined
  const entries = lines.flatMap(line => {
    const [, bits, bytes, path = ''] = LONG_LINE.exec(line) ?? []
    return bits === undefined ? [] : [{ bits, path, bytes: Number(bytes) }]
  })
  if (entries.length === 0) return undefined
  return entries.flatMap(({ bits, path, bytes }) => {
    if (bits.includes('d')) return [{ path, bytes: 0, isFolder: true }]
    return NEITHER.test(bits) ? [] : [{ path, bytes }]
  })
}

type Fields = Readonly<Record<string, unknown>>

function jsonLines(output: string): unknown[] {
  return output.split('\n').flatMap(line => {
    if (!/^\s*[[{]/.test(line)) return []
    try {
      return [JSON.parse(line) as unknown]
    } catch {
      return []
    }
  })
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {}
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter(item => typeof item === 'string') : []
}
