import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { AppDomain } from '../../lib/domain/names.js'
import { AppLock, appLockName } from '../../lib/lock/app-lock.js'
import { median, stopwatch } from './measure.js'
import type { Place } from './place.js'
import { ms, type Figure } from './table.js'

const COUNTS = [1, 10, 100, 1000] as const
/** As lib/janitor/survey.ts looks at so many lockfiles between two listings. */
const BATCH = 128
const GAP_MS = 250

type Staging = {
  readonly what: string
  /** Puts so many of them into a lock folder. Resolves to what takes them away again. */
  readonly stage: (lockDir: string, domains: readonly AppDomain[]) => Promise<() => void>
  /** How often the janitor has to ask Docker for everything, and how often it has to wait for its second answer. */
  readonly listings: (count: number) => { readonly listings: number; readonly gaps: number }
}

const LIVE: Staging = {
  what: 'janitor, each live suspect',
  stage: async (lockDir, domains) => {
    const held = domains.map(domain =>
      AppLock.probe(lockDir, domain, { create: true, touch: true }),
    )
    return Promise.resolve(() => {
      for (const probed of held) if (probed.outcome === 'won') probed.lock.release()
    })
  },
  listings: count => ({ listings: 1 + Math.ceil(count / BATCH), gaps: 0 }),
}

const STALE: Staging = {
  what: 'janitor, each stale lockfile',
  stage: async (lockDir, domains) => {
    for (const domain of domains) await writeFile(join(lockDir, appLockName(domain)), '')
    return () => undefined
  },
  listings: count => {
    const batches = Math.ceil(count / BATCH)
    return { listings: 1 + 2 * batches, gaps: batches }
  },
}

export const liveSuspects = (place: Place, rounds: number): Promise<Figure> =>
  scale(place, LIVE, rounds)
export const staleLockfiles = (place: Place, rounds: number): Promise<Figure> =>
  scale(place, STALE, rounds)

/**
 * What one more suspect costs a sweep: the difference between two sizes, after what a script took that asks Docker as
 * often and waits as long. The cost of the first one is the loading of what a sweep works with, and printed apart.
 */
async function scale(place: Place, staging: Staging, rounds: number): Promise<Figure> {
  const costs: number[] = []
  for (const count of COUNTS) costs.push(await cost(place, staging, { count, rounds }))
  const [first = 0] = costs
  const each = COUNTS.slice(1).map((count, index) => {
    const before = COUNTS[index] ?? 0
    return ((costs[index + 1] ?? 0) - (costs[index] ?? 0)) / (count - before)
  })
  const more = COUNTS.slice(1).map(
    (count, index) =>
      `from ${COUNTS[index] ?? 0} to ${count}: ${ms(each[index] ?? 0).trim()} ms for each more`,
  )
  return {
    what: staging.what,
    how: `1 to ${COUNTS.at(-1) ?? 0} of them, without Docker's own time (a script that makes the same calls)`,
    figureMs: [Math.max(...each)],
    limitMs: 2,
    more: [...more, `the first, with all that is loaded for it: ${ms(first).trim()} ms`],
  }
}

type Size = { readonly count: number; readonly rounds: number }

async function cost(place: Place, staging: Staging, { count, rounds }: Size): Promise<number> {
  const { cli, env, root, lab } = place
  const lockDir = join(lab.dir, 'bench-locks')
  const { listings, gaps } = staging.listings(count)
  const floorEnv = {
    ...env,
    LISTINGS: String(listings),
    GAPS: String(gaps),
    GAP_MS: String(GAP_MS),
  }
  const took: number[] = []
  for (let round = 0; round < rounds; round++) {
    await mkdir(lockDir, { recursive: true })
    const takeAway = await staging.stage(lockDir, domainsOf(lab.suffix, count))
    const ours = await stopwatch({ argv: [cli, 'janitor', '--lock-dir', lockDir], env })
    takeAway()
    await rm(lockDir, { recursive: true, force: true })
    const argv = ['node', `${root}/tests/bench/janitor-floor.mjs`] as const
    took.push(ours - (await stopwatch({ argv: [...argv], env: floorEnv })))
  }
  return median(took)
}

function domainsOf(suffix: string, count: number): AppDomain[] {
  return Array.from(
    { length: count },
    (_none, index) => `scal-${index.toString(16).padStart(6, '0')}.${suffix}` as AppDomain,
  )
}
