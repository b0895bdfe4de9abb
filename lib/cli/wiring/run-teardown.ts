import type { RunPorts } from '../../commands/run.js'
import type { Removed } from '../../domain/crash-points.js'
import type { AppDomain } from '../../domain/names.js'
import { AbsentFault } from '../../errors.js'
import { provenLeft } from '../../swarm/census.js'
import { takeDown, type TakeDownResult } from '../../swarm/take-down.js'
import type { RunWiring } from './run-wiring.js'

/** Taking down the apps of a run, and before it what a dead one left of them. */
export function teardownPorts(wiring: RunWiring): Pick<RunPorts, 'clear' | 'tearDown'> {
  return { clear: domain => clear(wiring, domain), tearDown: tearDowns(wiring) }
}

async function clear(wiring: RunWiring, domain: AppDomain): Promise<void> {
  const { engine, request } = wiring
  const { abraDir, teardownMs: budgetMs } = request.config
  const found = await provenLeft({ engine, abraDir, domain })
  const why = 'a run before this one left it'
  if (found.length === 0) return
  const { clean, left } = await remove(wiring, { domain, why, budgetMs })
  if (clean) return
  const named = left.map(({ kind, name }) => `${kind} ${name}`).join(', ')
  throw new AbsentFault(
    `Cannot start on ${domain}: what an earlier run left there does not go: ${named || 'the census failed'}`,
    'See what holds it (docker ps --all), then run "recipe-ci janitor"',
  )
}

/** All apps of a run share the budget of its teardown: each may use its share of what is left of it. */
function tearDowns(wiring: RunWiring): RunPorts['tearDown'] {
  const done = new Set<AppDomain>()
  let endMs: number | undefined
  return async (domain, why) => {
    const now = performance.now()
    endMs ??= now + wiring.request.config.teardownMs
    const waiting = wiring.locks.filter(lock => !done.has(lock.domain))
    const { clean } = await remove(wiring, {
      domain,
      why,
      budgetMs: (endMs - now) / waiting.length,
    })
    done.add(domain)
    if (!clean) return
    // A lockfile without an app is nothing but work for the next sweep. The lock itself goes with the process.
    for (const lock of waiting) if (lock.domain === domain) lock.unlink()
    wiring.reached('lockfile.unlinked')
  }
}

type Removal = { readonly domain: AppDomain; readonly why: string; readonly budgetMs: number }

async function remove(
  { engine, request, emit, lastingAbra, reached }: RunWiring,
  { domain, why, budgetMs }: Removal,
): Promise<TakeDownResult> {
  const { abraDir } = request.config
  const abra = lastingAbra.removals(domain, () => {
    reached('teardown.sent')
  })
  const removed = (what: Removed): void => {
    reached(`teardown.${what}`)
  }
  const whose = { engine, abraDir, domain }
  return await takeDown({ ...whose, emit, why, budgetMs, abra, removed })
}
