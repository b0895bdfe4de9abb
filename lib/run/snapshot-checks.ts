import type { Kept, PromisedVolume } from '../backup/promise.js'
import type { Cause } from '../domain/cause.js'
import type { Check } from '../domain/check.js'
import type { HeldPart } from '../domain/results.js'

/** One regular file or folder of a snapshot. */
export type SnapshotEntry = {
  readonly path: string
  readonly bytes: number
  readonly isFolder?: boolean
}

/** A file of ours that lies in the root of a volume. */
export type Mark = { readonly volume: string; readonly file: string }

export type SnapshotFacts = {
  /** Undefined: no new snapshot was found. */
  readonly id: string | undefined
  /** Undefined: the snapshot could not be read. */
  readonly entries: readonly SnapshotEntry[] | undefined
  readonly promised: readonly PromisedVolume[]
  /** What lay in the volumes when the backup was made. */
  readonly marks: readonly Mark[]
}

const CANARY = '.recipe-ci-canary-'

/** Does a new snapshot exist, does it hold data, and is everything in it that the labels promise? */
export function snapshotChecks(facts: SnapshotFacts): readonly Check[] {
  const { id, entries } = facts
  if (id === undefined) return [noSnapshot()]
  const taken: Check = { name: 'new snapshot', status: 'pass', ms: 0, detail: id }
  if (entries === undefined) return [taken, unread(id)]
  const files = entries.filter(isFile)
  const data = files.filter(file => !file.path.includes(CANARY))
  const bytes = sum(data)
  const held = bytes > 0 ? holds(data.length, bytes) : holdsNothing(id, files.length)
  return [
    taken,
    held,
    ...partsOf(facts.promised, entries).map(part => partCheck(part, entries, facts)),
  ]
}

/** How much of each thing that the labels promise a snapshot holds, our own marks included. */
export function heldParts(
  promised: readonly PromisedVolume[],
  entries: readonly SnapshotEntry[],
): readonly HeldPart[] {
  return partsOf(promised, entries).map(part => {
    const inside = entries.filter(entry => isFile(entry) && isUnder(entry, part))
    return { part: nameOf(part), files: inside.length, bytes: sum(inside) }
  })
}

/** The volumes of a stack that a snapshot has anything of, be it an empty folder. */
export function heldVolumes(
  services: Kept['services'],
  entries: readonly SnapshotEntry[],
): ReadonlySet<string> {
  const volumes = new Set(services.flatMap(({ mounts }) => mounts.map(({ volume }) => volume)))
  const isHeld = (volume: string) => entries.some(entry => isUnder(entry, { volume, path: '' }))
  return new Set([...volumes].filter(isHeld))
}

type Part = {
  readonly volume: string
  readonly path: string
  /** A hook should have left a dump in it, and left none in another part of the volume. */
  readonly hooked: boolean
}

function partsOf(
  promised: readonly PromisedVolume[],
  entries: readonly SnapshotEntry[],
): readonly Part[] {
  return promised.flatMap(({ volume, paths, hooked }) => {
    const parts = (paths.length === 0 ? [''] : paths).map(path => ({ volume, path }))
    // Beside one that holds something the dump may be that one, and the others what they like.
    const isDumped = parts.some(part => sum(entries.filter(entry => isUnder(entry, part))) > 0)
    return parts.map(part => ({ ...part, hooked: hooked && !isDumped }))
  })
}

function nameOf({ volume, path }: Part): string {
  return path === '' ? volume : `${volume}/${path}`
}

function partCheck(part: Part, entries: readonly SnapshotEntry[], { marks }: SnapshotFacts): Check {
  const name = `snapshot holds ${nameOf(part)}`
  const inside = entries.filter(entry => isUnder(entry, part))
  const files = inside.filter(isFile)
  const detail = `${files.length} files, ${sum(files)} bytes`
  const mark = part.path === '' ? marks.find(each => each.volume === part.volume) : undefined
  if (mark !== undefined && !files.some(({ path }) => path.endsWith(`/${mark.file}`)))
    return missing(name, part, detail)
  if (sum(files) > 0) return { name, status: 'pass', ms: 0, detail }
  if (isEmptyDump(part, inside)) return missing(name, part, detail)
  return { name, status: 'skip', ms: 0, detail: `${detail}: there was nothing to back up` }
}

/**
 * Whether a part without a byte is a dump that failed. A volume may rightly be empty, and so may a folder. A file that the
 * labels name is a dump, and so are the files that a hook left in a folder that they name, but for hidden ones, where no
 * other part of the volume holds a byte.
 */
function isEmptyDump({ path, hooked }: Part, inside: readonly SnapshotEntry[]): boolean {
  if (path === '') return false
  if (!inside.some(entry => entry.isFolder === true)) return true
  return hooked && inside.some(entry => isFile(entry) && !/\/\.[^/]*$/.test(entry.path))
}

function missing(name: string, part: Part, evidence: string): Check {
  return failed(name, {
    class: 'backup_empty',
    sentence: `The labels promise "${nameOf(part)}", but the snapshot does not hold what is in it`,
    evidence,
    fix:
      part.path === ''
        ? 'Check the backupbot labels, and the log of the backup bot: it left the volume out'
        : 'Check the pre-hook that writes the dump, and that its path is the one in the labels',
  })
}

function isUnder({ path }: SnapshotEntry, { volume, path: rest }: Omit<Part, 'hooked'>): boolean {
  const parts = path.split('/')
  const at = parts.indexOf(volume)
  if (at < 0) return false
  const below = parts
    .slice(at + 1)
    .join('/')
    .replace(/^_data(?:\/|$)/, '')
  return rest === '' || below === rest || below.startsWith(`${rest}/`)
}

function isFile({ isFolder }: SnapshotEntry): boolean {
  return isFolder !== true
}

function sum(entries: readonly SnapshotEntry[]): number {
  return entries.reduce((total, { bytes }) => total + bytes, 0)
}

function holds(count: number, bytes: number): Check {
  const detail = `${count} files, ${bytes} bytes besides canaries`
  return { name: 'snapshot holds data', status: 'pass', ms: 0, detail }
}

function holdsNothing(id: string, count: number): Check {
  return failed('snapshot holds data', {
    class: 'backup_empty',
    sentence: `Snapshot ${id.slice(0, 8)} holds not one byte of the app's data`,
    evidence: `${count} files, all of them empty or canaries`,
    fix: 'Check the backupbot labels: which volumes they name, and whether the pre-hook writes into one of them',
  })
}

function noSnapshot(): Check {
  return failed('new snapshot', {
    class: 'backup_failed',
    sentence: 'The backup command ended well, but no new snapshot of this app exists',
    evidence: 'the list of snapshots is what it was before',
    fix: 'Look at the log of the backup bot: it may have skipped the app',
  })
}

function unread(id: string): Check {
  const sentence = `Snapshot ${id.slice(0, 8)} cannot be read, so nothing is known of what it holds`
  return {
    name: 'snapshot holds data',
    status: 'unver',
    ms: 0,
    detail: sentence,
    cause: {
      class: 'not_verified',
      sentence,
      evidence: `neither the backup bot nor abra lists the files of ${id}`,
      fix: 'Check that the backup bot answers "restic ls"',
    },
  }
}

function failed(name: string, cause: Cause): Check {
  return { name, status: 'fail', ms: 0, detail: cause.sentence, cause }
}
