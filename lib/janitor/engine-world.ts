import type { Removed } from '../domain/crash-points.js'
import type { Emit } from '../domain/events.js'
import { provenLeft, type Item } from '../swarm/census.js'
import { takeDown } from '../swarm/take-down.js'
import { CALL_MS, engineDomains, type Looked } from './engine-domains.js'
import { ReapFault } from './reap-fault.js'
import type { World } from './world.js'

export type EngineWorldOptions = Looked & {
  /** For one suspect, ms. */
  readonly limitMs: number
  readonly emit: Emit
  readonly removed?: ((what: Removed) => void) | undefined
}

const NAMED_LEFTOVERS = 3

/** The apps of a real swarm and the env files of a real abra folder. */
export function engineWorld(options: EngineWorldOptions): World {
  const { engine, abraDir, limitMs, emit, removed } = options
  return {
    domains: () => engineDomains(options),
    count: async domain => {
      const whose = { engine, abraDir, domain }
      return (await provenLeft(whose, { deadlineMs: CALL_MS })).length
    },
    takeDown: async (domain, signal) => {
      const why = 'its run is dead'
      const whose = { engine, abraDir, domain }
      const result = await takeDown({ ...whose, budgetMs: limitMs, signal, emit, why, removed })
      if (result.error !== null) throw new ReapFault(domain, `not counted: ${result.error}`)
      if (!result.clean) throw new ReapFault(domain, leftoversIn(result.left))
    },
  }
}

function leftoversIn(left: readonly (Item & { readonly why: string })[]): string {
  const named = left
    .slice(0, NAMED_LEFTOVERS)
    .map(({ kind, name, why }) => `${kind} ${name}${why === '' ? '' : ` (${why})`}`)
  const more = left.length - named.length
  return `still there: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
