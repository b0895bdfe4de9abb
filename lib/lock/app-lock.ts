import { join } from 'node:path'
import type { Reached } from '../domain/crash-points.js'
import type { AppDomain } from '../domain/names.js'
import type { Emit } from '../domain/events.js'
import { appLockName } from './app-lock-name.js'
import { FileLock, type Probed, type ProbeOptions } from './file-lock.js'
import { waitByFlock, type FlockWait } from './flock-wait.js'
import type { Refused } from './lock-file.js'
import type { LockNote } from './note.js'

export { appLockName } from './app-lock-name.js'

export type AppLockOptions = FlockWait & {
  readonly note: LockNote
  readonly emit: Emit
  readonly reached?: Reached
}

/**
 * Proof that this process, and no other, owns one app domain. Held until disposal or the death of the process;
 * a run never disposes of it before its teardown is done.
 */
export class AppLock implements AsyncDisposable {
  readonly domain: AppDomain
  readonly #file: FileLock

  private constructor(domain: AppDomain, file: FileLock) {
    this.domain = domain
    this.#file = file
  }

  /**
   * Takes the lock. Waits for a holder as long as `signal` and `waitMs` allow, after saying who it is.
   * Throws the signal's reason, a LockFault (folder missing, unreadable, a directory in its place) or an AbsentFault
   * (no `flock` program).
   */
  static async acquire(
    lockDir: string,
    domain: AppDomain,
    options: AppLockOptions,
  ): Promise<AppLock> {
    const { emit, note, reached } = options
    const path = join(lockDir, appLockName(domain))
    const started = performance.now()
    const file = await FileLock.acquire(path, {
      signal: options.signal,
      reached,
      announce: announcer(domain, emit),
      wait: fd => waitByFlock(path, fd, options),
    })
    const lock = new AppLock(domain, file)
    lock.describe(note, emit)
    reached?.('lock.noted')
    const waitedMs = Math.round(performance.now() - started)
    emit({ type: 'lock.acquired', domain, waitedMs })
    return lock
  }

  /** Takes the lock if it is free now; otherwise says why it did not. Never waits, never throws. */
  static probe(lockDir: string, domain: AppDomain, options: ProbeOptions): Probed<AppLock> {
    const probed = FileLock.probe(join(lockDir, appLockName(domain)), options)
    if (probed.outcome !== 'won') return probed
    return { ...probed, lock: new AppLock(domain, probed.lock) }
  }

  get path(): string {
    return this.#file.path
  }

  /** Writes for people who holds it. A lock that cannot be described is held all the same. */
  describe(note: LockNote, emit: Emit): void {
    try {
      this.#file.write(note)
    } catch (error) {
      emit({
        type: 'run.warned',
        text: `Cannot write who holds "${this.path}": ${String(error)}`,
      })
    }
  }

  /** Removes the lockfile; only while the lock is held, and only if its path still names our file. */
  unlink(): void {
    this.#file.unlink()
  }

  /** Lets go. Idempotent. */
  release(): void {
    this.#file.release()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.release()
    return Promise.resolve()
  }
}

/** Says each holder once, however often the wait starts over. */
function announcer(domain: AppDomain, emit: Emit): (refused: Refused) => void {
  let said = ''
  return ({ holder, heldSince }) => {
    const since = heldSince.toISOString()
    if (said === holder + since) return
    said = holder + since
    emit({ type: 'lock.waiting', domain, holder, heldSince: since })
  }
}
