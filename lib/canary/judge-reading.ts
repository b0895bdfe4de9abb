import type { Cause } from '../domain/cause.js'
import type { Check } from '../domain/check.js'
import type { Reading } from './reading.js'

/** A canary, for messages. */
export type Subject = {
  /** `file in volume "uploads"`, `rows in "db"`. */
  readonly what: string
  /** The key of CANARY that would skip it. */
  readonly key: string
  /** What it holds since it was written. */
  readonly old: string
  /** What it was changed to before the restore; undefined: it was not. */
  readonly changed: string | undefined
}

const KEEP = 'Keep the volume and its name across versions, or move its content in the new version'

function skipping({ key }: Subject, meant: string): string {
  return `if ${meant}, say CANARY: {${key}: {skip: <reason>}} in recipe-ci.yml`
}

/** How to keep what was lost, and what to say where the loss looks like one on purpose. */
function keeping(subject: Subject, { kind }: Reading<string>, rebuilt: boolean): string {
  if (kind === 'unused')
    return `${KEEP}; ${skipping(subject, 'the new version is meant to drop it')}`
  return rebuilt ? `${KEEP}; ${skipping(subject, 'each version is meant to make it anew')}` : KEEP
}

/** After an upgrade the canary must hold what it was written with. */
export function judgeSurvival(
  subject: Subject,
  reading: Reading<string>,
  circumstances: {
    /** The recipe leaves the place out of its backups: then it holds nothing worth keeping. */
    readonly excluded: boolean
    /** The other old files of the place are gone too: it is rebuilt on purpose, it seems. */
    readonly rebuilt: boolean
  },
): Check {
  const name = `survived the upgrade: ${subject.what}`
  if (reading.kind === 'found' && reading.found === subject.old) return pass(name)
  if (reading.kind === 'unreadable') return unverified(name, subject, reading.why)
  const seen = lossOf(reading)
  if (circumstances.excluded) {
    const detail = `note: ${seen}; the recipe excludes it from backup, so this is no loss`
    return { name, status: 'skip', ms: 0, detail }
  }
  return failed(name, {
    class: 'data_lost',
    sentence: `The upgrade lost data: no more ${subject.what}`,
    evidence: seen,
    fix: keeping(subject, reading, circumstances.rebuilt),
  })
}

/**
 * After a restore the canary must hold its old value again, although it was changed in between: a canary that was not
 * changed proves nothing. `fresh`: the volumes were emptied instead.
 */
export function judgeRestore(
  subject: Subject,
  reading: Reading<string>,
  { fresh }: { readonly fresh: boolean },
): Check {
  const name = `restored: ${subject.what}`
  if (reading.kind === 'unreadable') return unverified(name, subject, reading.why)
  if (!fresh && subject.changed === undefined) {
    return unverified(name, subject, 'it could not be changed before the restore')
  }
  if (reading.kind === 'found') {
    if (reading.found === subject.old) return pass(name)
    if (reading.found !== subject.changed && holds(reading.found, subject.old)) {
      return failed(name, notInPlace(subject, reading.found))
    }
  }
  const seen =
    reading.kind === 'found' && reading.found === subject.changed
      ? 'it still holds what it was changed to after the backup'
      : lossOf(reading)
  return failed(name, {
    class: 'restore_lost',
    sentence: `The restore did not bring back the ${subject.what}`,
    evidence: seen,
    fix: 'Check that the backup holds it, and that a restore post-hook loads what the backup hook dumped',
  })
}

/** The old values are back, and something that the restore should have replaced is still there. */
function notInPlace(subject: Subject, found: string): Cause {
  return {
    class: 'restore_not_in_place',
    sentence: `The restore added the old ${subject.what} to the newer data instead of replacing it`,
    evidence: `it holds both: ${JSON.stringify(found)}`,
    fix: 'Make the dump drop what it replaces ("pg_dump --clean --if-exists"), or empty the database before loading it',
  }
}

/** Whether a reading of several lines has all the old ones, or a good part of them, among others. */
function holds(found: string, old: string): boolean {
  const lines = new Set(found.split('\n'))
  return old.includes('\n') && old.split('\n').some(line => lines.has(line))
}

function lossOf(reading: Reading<string>): string {
  return reading.kind === 'found'
    ? `it holds something else: ${JSON.stringify(reading.found.slice(0, 200))}`
    : reading.why
}

function pass(name: string): Check {
  return { name, status: 'pass', ms: 0, detail: '' }
}

function failed(name: string, cause: Cause): Check {
  return { name, status: 'fail', ms: 0, detail: `${cause.sentence}: ${cause.evidence}`, cause }
}

function unverified(name: string, subject: Subject, why: string): Check {
  const cause: Cause = {
    class: 'not_verified',
    sentence: `Nothing is known of the ${subject.what}: ${why}`,
    evidence: why,
    fix: 'Look at the service that holds it in the record of this run',
  }
  return { name, status: 'unver', ms: 0, detail: why, cause }
}
