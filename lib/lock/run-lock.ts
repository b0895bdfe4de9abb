import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { FileLock, type Probed } from './file-lock.js'
import { LockFault } from './lock-fault.js'
import type { LockNote } from './note.js'

const NAME = 'run.lock'
/** Begins the name of a folder that is on its way in: it gets its own once its lock is held. No run id begins so. */
export const MAKING = '.making-'
/** A janitor looks at a folder's lock for moments only. */
const PATIENCE_MS = 5_000
const RETRY_MS = 10

/** Proof that the run of a run folder lives: held from the creation of the folder to the death of the process. */
export class RunLock {
  readonly #file: FileLock

  private constructor(file: FileLock) {
    this.#file = file
  }

  /** Locks a fresh run folder. Throws a {@link LockFault} when it cannot, also when another run lives in it. */
  static async take(runFolder: string, note: LockNote): Promise<RunLock> {
    const path = join(runFolder, NAME)
    const until = performance.now() + PATIENCE_MS
    for (;;) {
      const probed = FileLock.probe(path, { create: true, touch: true })
      if (probed.outcome === 'won') {
        return RunLock.#described(probed.lock, note)
      }
      if (probed.outcome === 'unreadable' || probed.outcome === 'no-dir') {
        throw new LockFault(path, probed.why, { hint: HINT, cause: probed.error })
      }
      if (performance.now() > until) throw new LockFault(path, inUse(probed), { hint: HINT })
      await sleep(RETRY_MS)
    }
  }

  /** Looks whether the run of a folder lives; won: it does not. A folder without the file (`absent`) is not ours. */
  static probe(runFolder: string): Probed<RunLock> {
    const probed = FileLock.probe(join(runFolder, NAME), { create: false, touch: false })
    return probed.outcome === 'won' ? { ...probed, lock: new RunLock(probed.lock) } : probed
  }

  static #described(file: FileLock, note: LockNote): RunLock {
    try {
      file.write(note)
      return new RunLock(file)
    } catch (error) {
      file.release()
      throw new LockFault(file.path, String(error), { hint: HINT, cause: error })
    }
  }

  /** Lets go. Idempotent. */
  release(): void {
    this.#file.release()
  }
}

const HINT = 'Name another run folder with --run-id or --runs-dir'

function inUse(probed: Probed<FileLock>): string {
  return probed.outcome === 'refused'
    ? `held by ${probed.holder}`
    : 'it is replaced again and again'
}
