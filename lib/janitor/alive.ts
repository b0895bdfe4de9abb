import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { parseAppDomain } from '../domain/names.js'
import { appLockSubject } from '../lock/app-lock-name.js'
import { AppLock } from '../lock/app-lock.js'
import { RunLock } from '../lock/run-lock.js'

export type LifeSigns = {
  readonly runsDir: string
  readonly lockDir: string
  readonly suffix: string
  /** Name of the run folder that does not count: our own. */
  readonly except: string
}

/**
 * Whether any other run lives: the lock of a run folder or of an app is held. What cannot be asked counts as alive. Never
 * throws; touches nothing.
 */
export async function someRunLives(signs: LifeSigns): Promise<boolean> {
  const { runsDir, lockDir, suffix, except } = signs
  const [folders, locks] = await Promise.all([namesIn(runsDir), namesIn(lockDir)])
  if (folders === undefined || locks === undefined) return true
  const runs = folders.filter(name => name !== except)
  return (
    runs.some(name => isHeld(RunLock.probe(join(runsDir, name)))) ||
    locks.some(name => {
      const domain = parseAppDomain(appLockSubject(name) ?? '', suffix)
      if (domain === undefined) return false
      return isHeld(AppLock.probe(lockDir, domain, { create: false, touch: false }))
    })
  )
}

function isHeld(
  probed: ReturnType<typeof RunLock.probe> | ReturnType<typeof AppLock.probe>,
): boolean {
  if (probed.outcome === 'won') probed.lock.release()
  // "absent": a folder or file of something else; "no-dir": it went away, or is a file.
  return !['won', 'absent', 'no-dir'].includes(probed.outcome)
}

async function namesIn(dir: string): Promise<readonly string[] | undefined> {
  return readdir(dir).catch(() => undefined)
}
