import { closeSync, unlinkSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import type { Reached } from '../domain/crash-points.js'
import { LockFault } from './lock-fault.js'
import {
  claim,
  openLockFile,
  stillNames,
  touch,
  type Absent,
  type Refused,
  type Replaced,
  type Unreadable,
} from './lock-file.js'
import { writeNote, type LockNote } from './note.js'

/** The lock is ours. `existed`: its file was there before we asked. */
type Won<Lock> = { readonly outcome: 'won'; readonly lock: Lock; readonly existed: boolean }

/** Everything that can come of asking for a lock without waiting. */
export type Probed<Lock> = Won<Lock> | Refused | Replaced | Absent | Unreadable

/** create: make the file if it is missing. touch: set its age, once won. */
export type ProbeOptions = { readonly create: boolean; readonly touch: boolean }

export type AcquireOptions = {
  /** Ends the wait; its reason is thrown. */
  readonly signal: AbortSignal
  /** Called before each wait for a holder. */
  readonly announce: (refused: Refused) => void
  /** Resolves once the open file is locked through the given descriptor; throws when it could not be. */
  readonly wait: (fd: number) => Promise<void>
  readonly reached?: Reached | undefined
}

/**
 * An exclusive flock on a file. The descriptor is a number, not an object that garbage collection could close:
 * the lock lives until {@link FileLock.release} or the death of the process. No child inherits it.
 */
export class FileLock {
  readonly path: string
  #fd: number | undefined

  private constructor(path: string, fd: number) {
    this.path = path
    this.#fd = fd
  }

  /** Takes the lock if it is free now; otherwise says why it did not. Never waits. */
  static probe(path: string, options: ProbeOptions): Probed<FileLock> {
    const opened = openLockFile(path, options.create)
    if (opened.outcome !== 'opened') return opened
    const claimed = claim(path, opened.fd)
    if (claimed.outcome !== 'won') {
      closeSync(opened.fd)
      return claimed
    }
    if (options.touch) touch(opened.fd)
    return { outcome: 'won', lock: new FileLock(path, opened.fd), existed: opened.existed }
  }

  /** Takes the lock, waiting for its holder. Throws the signal's reason, or a {@link LockFault}. */
  static async acquire(path: string, options: AcquireOptions): Promise<FileLock> {
    for (;;) {
      options.signal.throwIfAborted()
      const fd = await attempt(path, options)
      if (fd !== undefined) {
        options.reached?.('lock.won')
        touch(fd)
        return new FileLock(path, fd)
      }
      // The path was replaced under us: try the live one, but let signals through between tries.
      await setImmediate()
    }
  }

  /** Says for people who holds it. Throws the system's error, for instance on a full disk. */
  write(note: LockNote): void {
    if (this.#fd !== undefined) writeNote(this.#fd, note)
  }

  /**
   * Removes the file. Always before the release: after it, two could hold "the" lock. Does nothing when the path
   * names another file than ours.
   */
  unlink(): void {
    if (this.#fd !== undefined && stillNames(this.path, this.#fd)) unlinkSync(this.path)
  }

  /** Lets go. Idempotent. */
  release(): void {
    if (this.#fd === undefined) return
    closeSync(this.#fd)
    this.#fd = undefined
  }
}

/** One try on the file that the path names now. Undefined: it was replaced meanwhile. */
async function attempt(path: string, options: AcquireOptions): Promise<number | undefined> {
  const opened = openLockFile(path, true)
  if (opened.outcome !== 'opened') throw faultOf(path, opened)
  options.reached?.('lockfile.made')
  let kept = false
  try {
    let claimed = claim(path, opened.fd)
    if (claimed.outcome === 'refused') {
      options.announce(claimed)
      await options.wait(opened.fd)
      claimed = claim(path, opened.fd)
    }
    if (claimed.outcome === 'replaced') return undefined
    if (claimed.outcome !== 'won') throw faultOf(path, claimed)
    kept = true
    return opened.fd
  } finally {
    // Also after a cancelled wait: the waiting child may just have won.
    if (!kept) closeSync(opened.fd)
  }
}

function faultOf(path: string, failed: Unreadable | Absent | Refused): LockFault {
  if (failed.outcome === 'refused' || failed.outcome === 'absent') {
    return new LockFault(path, 'the wait ended without the lock', {
      hint: 'Check that "flock" of util-linux is the first one on PATH',
    })
  }
  return new LockFault(path, failed.why, {
    hint: 'Make the lock folder a writable directory, or name another with --lock-dir',
    cause: failed.error,
  })
}
