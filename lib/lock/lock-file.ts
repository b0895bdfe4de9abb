import { constants, fstatSync, futimesSync, lstatSync, openSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { flockSync } from 'fs-ext'
import { errnoOf } from '../domain/errno.js'
import { readHolder } from './note.js'

/** Somebody holds the lock. */
export type Refused = {
  readonly outcome: 'refused'
  readonly holder: string
  readonly heldSince: Date
}
/** The lock was won, but its path names another file by now, or none: it guards nothing. */
export type Replaced = { readonly outcome: 'replaced' }
/** There is no such file, and it was not to be created. */
export type Absent = { readonly outcome: 'absent' }
export type Unreadable = {
  readonly outcome: 'unreadable' | 'no-dir'
  readonly why: string
  readonly error?: unknown
}

/** An open lockfile, and whether it was there before. */
export type Opened = { readonly outcome: 'opened'; readonly fd: number; readonly existed: boolean }

// Never O_TRUNC: the content belongs to whoever holds the lock. O_NOFOLLOW: lock folders are often writable by
// all, and a planted link would have us write elsewhere. O_NONBLOCK: opening a planted FIFO must not hang.
const OPEN = constants.O_RDWR | constants.O_NOFOLLOW | constants.O_NONBLOCK

/** Opens a lockfile, close-on-exec and without truncating it. Never throws. */
export function openLockFile(path: string, create: boolean): Opened | Absent | Unreadable {
  try {
    return { outcome: 'opened', fd: openSync(path, OPEN), existed: true }
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') return unreadable(error)
  }
  if (!isFolder(dirname(path))) return { outcome: 'no-dir', why: 'its folder is missing' }
  if (!create) return { outcome: 'absent' }
  try {
    return {
      outcome: 'opened',
      fd: openSync(path, OPEN | constants.O_CREAT, 0o644),
      existed: false,
    }
  } catch (error) {
    return unreadable(error)
  }
}

/** Tries to lock an open file without waiting. Harmless on a file that is already ours. Never throws. */
export function claim(
  path: string,
  fd: number,
): { readonly outcome: 'won' } | Refused | Replaced | Unreadable {
  try {
    if (!fstatSync(fd).isFile()) return { outcome: 'unreadable', why: 'it is not a regular file' }
    flockSync(fd, 'exnb')
    return { outcome: stillNames(path, fd) ? 'won' : 'replaced' }
  } catch (error) {
    if (errnoOf(error) !== 'EAGAIN') return unreadable(error)
    return { outcome: 'refused', holder: readHolder(fd), heldSince: fstatSync(fd).mtime }
  }
}

/**
 * Whether the path still names the open file. A janitor may unlink it between our open and our flock, and the
 * next run then locks a new file of that name. Our descriptor pins the inode, so its number cannot be recycled.
 */
export function stillNames(path: string, fd: number): boolean {
  const ours = fstatSync(fd, { bigint: true })
  const named = lstatSync(path, { bigint: true, throwIfNoEntry: false })
  return named?.dev === ours.dev && named.ino === ours.ino
}

/**
 * Sets the modification time, which is the age of the lock. Not every writer of a file may, so this is best effort: an
 * age that stays too old gets a lock flagged, never freed.
 */
export function touch(fd: number): void {
  const now = new Date()
  try {
    futimesSync(fd, now, now)
  } catch {
    // See above.
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}

const WHY: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'it is a directory',
  ELOOP: 'it is a symbolic link',
  ENXIO: 'it is not a regular file',
  ENODEV: 'it is not a regular file',
  ENOTDIR: 'its folder is not a directory',
  EROFS: 'its folder is read-only',
  ENOSPC: 'the disk is full',
  ENOENT: 'its folder went away',
}

function unreadable(error: unknown): Unreadable {
  const code = errnoOf(error)
  const why = (code === undefined ? undefined : WHY[code]) ?? String(error)
  return { outcome: 'unreadable', why, error }
}
