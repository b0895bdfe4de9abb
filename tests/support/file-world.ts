import { existsSync } from 'node:fs'
import { appendFile, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseAppDomain, type AppDomain } from '../../lib/domain/names.js'
import type { World } from '../../lib/janitor/world.js'

export const SUFFIX = 'ci.example.org'

const LOOK_MS = 20

/**
 * Apps as files of a folder, so that several processes share them: `<dir>/apps/<domain>`. Each removal is noted in
 * `<dir>/reaped` and takes `slowMs`, or until `<dir>/go` is there.
 */
export function fileWorld(dir: string, slowMs = 0): World {
  const apps = join(dir, 'apps')
  return {
    domains: async () => {
      const names = await readdir(apps)
      const runApps = names
        .map(name => parseAppDomain(name, SUFFIX))
        .filter(name => name !== undefined)
      const others = names.filter(name => parseAppDomain(name, SUFFIX) === undefined)
      return { runApps: new Set<AppDomain>(runApps), others: new Set(others) }
    },
    count: async domain => (await readdir(apps)).filter(name => name === domain).length,
    takeDown: async (domain, signal) => {
      for (const until = Date.now() + slowMs; Date.now() < until && !existsSync(join(dir, 'go'));)
        await sleep(LOOK_MS, undefined, { signal })
      await rm(join(apps, domain), { force: true })
      await appendFile(join(dir, 'reaped'), `${domain}\n`)
    },
  }
}
