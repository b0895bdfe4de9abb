import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Counts the apps that one run creates, in a file of its run folder: never keyed by domain, never shared. */
export type DeployCounter = {
  /** Before the app is created, so that a creation that was killed half-way counts too. */
  readonly bump: () => Promise<void>
  readonly count: () => Promise<number>
}

export function createDeployCounter(runDir: string): DeployCounter {
  const path = join(runDir, 'deploy-count')
  return {
    bump: async () => {
      const file = await open(path, 'a')
      try {
        await file.write('app new\n')
        await file.datasync()
      } finally {
        await file.close()
      }
    },
    count: async () => {
      const text = await readFile(path, 'utf8').catch(() => '')
      return text.split('\n').length - 1
    },
  }
}
