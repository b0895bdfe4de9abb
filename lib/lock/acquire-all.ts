import type { AppDomain } from '../domain/names.js'
import { AppLock, type AppLockOptions } from './app-lock.js'

/**
 * Takes the locks of several domains, each once, in sorted order: two runs that need the same ones can never wait for
 * each other. All or none: when one cannot be had, those won before it are let go.
 */
export async function acquireAll(
  lockDir: string,
  domains: readonly AppDomain[],
  options: AppLockOptions,
): Promise<AppLock[]> {
  const locks: AppLock[] = []
  try {
    for (const domain of [...new Set(domains)].sort()) {
      locks.push(await AppLock.acquire(lockDir, domain, options))
    }
    return locks
  } catch (error) {
    for (const lock of locks) lock.release()
    throw error
  }
}
