import { setTimeout as sleep } from 'node:timers/promises'
import type { Reached } from '../domain/crash-points.js'
import type { Emit } from '../domain/events.js'
import type { AppLock } from '../lock/app-lock.js'
import type { LockNote } from '../lock/note.js'
import { removeLease } from './lease.js'
import { ReapFault } from './reap-fault.js'
import type { World } from './world.js'

export type Reaping = {
  readonly world: World
  readonly stateDir: string
  /** What the lockfile says while a suspect is taken down. */
  readonly note: LockNote
  /** For one suspect, ms. */
  readonly limitMs: number
  readonly emit: Emit
  readonly reached?: Reached | undefined
}

/** After its time is over, a suspect may take this long to stop. */
const GRACE_MS = 2_000

/**
 * Takes an orphan down while its lock is held, and unlinks the lockfile before the lock goes: a new run of the domain
 * waits for all of it. Rejects when it did not go, or not in time; then the lockfile stays.
 */
export async function reap(lock: AppLock, reaping: Reaping): Promise<void> {
  lock.describe(reaping.note, reaping.emit)
  reaping.reached?.('orphan.noted')
  await takeDownInTime(lock, reaping)
  await tidy(lock, reaping)
}

/** Removes a lease that nothing stands behind any more, and the lockfile while the lock is held. Throws the system's error. */
export async function tidy(
  lock: AppLock,
  { stateDir, reached }: Pick<Reaping, 'stateDir' | 'reached'>,
): Promise<void> {
  await removeLease(stateDir, lock.domain)
  reached?.('reap.lease')
  lock.unlink()
  reached?.('reap.unlinked')
}

async function takeDownInTime({ domain }: AppLock, { world, limitMs }: Reaping): Promise<void> {
  const limit = AbortSignal.timeout(limitMs)
  const settled = new AbortController()
  const overdue = sleep(limitMs + GRACE_MS, undefined, { signal: settled.signal }).then(() => {
    throw new ReapFault(domain, `not done after ${Math.round(limitMs / 1000)} s`)
  })
  overdue.catch(() => undefined)
  try {
    await Promise.race([world.takeDown(domain, limit), overdue])
  } finally {
    settled.abort()
  }
}
