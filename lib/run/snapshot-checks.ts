import type { Cause } from '../domain/cause.js'
import type { Check } from '../domain/check.js'
import type { PromisedVolume } from './backup-promise.js'

/** One regular file of a snapshot. */
export type SnapshotFile = { readonly path: string; readonly bytes: number }

export type SnapshotFacts = {
  /** Undefined: no new snapshot was found. */
  readonly id: string | undefined
  /** Undefined: the snapshot could not be read. */
  readonly files: readonly SnapshotFile[] | undefined
  readonly promised: readonly PromisedVolume[]
  readonly stack: string
}

const CANARY = '.recipe-ci-canary-'

/** Does a new snapshot exist, does it hold data, and is everything in it that the labels promise? */
export function snapshotChecks(facts: SnapshotFacts): readonly Check[] {
  const { id, files } = facts
  if (id === undefined) return [noSnapshot()]
  const taken: Check = { name: 'new snapshot', status: 'pass', ms: 0, detail: id }
  if (files === undefined) return [taken, unread(id)]
  const data = files.filter(file => !file.path.includes(CANARY))
  const bytes = data.reduce((sum, file) => sum + file.bytes, 0)
  const held = bytes > 0 ? holds(data.length, bytes) : holdsNothing(id, files.length)
  return [taken, held, ...promiseChecks(facts, files)]
}

function promiseChecks(facts: SnapshotFacts, files: readonly SnapshotFile[]): readonly Check[] {
  return facts.promised.flatMap(promise =>
    (promise.paths.length === 0 ? [''] : promise.paths).map(path => {
      const where = `${promise.volume}/${path}`.replace(/\/$/, '')
      const inside = files.filter(file => under(file.path, promise.volume, path))
      return promiseCheck(where, path, inside)
    }),
  )
}

// A whole volume may rightly be empty; a path that the labels name is a dump, and a dump of no bytes is none.
function promiseCheck(where: string, path: string, inside: readonly SnapshotFile[]): Check {
  const bytes = inside.reduce((sum, file) => sum + file.bytes, 0)
  const name = `snapshot holds ${where}`
  if (path === '' || bytes > 0)
    return { name, status: 'pass', ms: 0, detail: `${inside.length} files, ${bytes} bytes` }
  return failed(name, {
    class: 'backup_empty',
    sentence: `The labels promise "${where}", but the snapshot holds ${inside.length === 0 ? 'nothing' : 'no byte'} of it`,
    evidence: `${inside.length} files, ${bytes} bytes`,
    fix: 'Check the pre-hook that writes the dump, and that its path is the one in the labels',
  })
}

function under(path: string, volume: string, rest: string): boolean {
  const parts = path.split('/')
  const at = parts.indexOf(volume)
  if (at < 0) return false
  const below = parts
    .slice(at + 1)
    .join('/')
    .replace(/^_data\//, '')
  return rest === '' || below === rest || below.startsWith(`${rest.replace(/\/$/, '')}/`)
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
