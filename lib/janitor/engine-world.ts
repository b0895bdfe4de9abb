import type { Emit } from '../domain/events.js'
import { parseAppDomain, type AppDomain } from '../domain/names.js'
import { provenLeft, type Item } from '../swarm/census.js'
import type { Engine } from '../swarm/engine.js'
import { envFileDomains } from '../swarm/env-files.js'
import { domainsOf, inventory, type Domains } from '../swarm/suspects.js'
import { takeDown } from '../swarm/take-down.js'
import { ReapFault } from './reap-fault.js'
import type { World } from './world.js'

export type EngineWorldOptions = {
  readonly engine: Engine
  /** The canonical abra folder. */
  readonly abraDir: string
  /** Below it lie the domains that are looked for. */
  readonly suffix: string
  /** For one suspect, ms. */
  readonly limitMs: number
  readonly emit: Emit
}

/** For one question to the Engine. */
const CALL_MS = 20_000
const NAMED_LEFTOVERS = 3

/** The apps of a real swarm and the env files of a real abra folder. */
export function engineWorld(options: EngineWorldOptions): World {
  const { engine, abraDir, limitMs, emit } = options
  return {
    domains: () => listDomains(options),
    count: async domain => {
      const whose = { engine, abraDir, domain }
      return (await provenLeft(whose, { deadlineMs: CALL_MS })).length
    },
    takeDown: async (domain, signal) => {
      const why = 'its run is dead'
      const whose = { engine, abraDir, domain }
      const result = await takeDown({ ...whose, budgetMs: limitMs, signal, emit, why })
      if (result.error !== null) throw new ReapFault(domain, `not counted: ${result.error}`)
      if (!result.clean) throw new ReapFault(domain, leftoversIn(result.left))
    },
  }
}

async function listDomains({ engine, abraDir, suffix }: EngineWorldOptions): Promise<Domains> {
  const [listed, envDomains] = await Promise.all([
    inventory(engine, { deadlineMs: CALL_MS }),
    envFileDomains(abraDir),
  ])
  const domains = domainsOf(listed, suffix)
  const runApps = new Set<AppDomain>(domains.runApps)
  const others = new Set(domains.others)
  for (const name of envDomains.filter(domain => domain.endsWith(`.${suffix}`))) {
    const domain = parseAppDomain(name, suffix)
    if (domain === undefined) others.add(name)
    else runApps.add(domain)
  }
  return { runApps, others }
}

function leftoversIn(left: readonly (Item & { readonly why: string })[]): string {
  const named = left
    .slice(0, NAMED_LEFTOVERS)
    .map(({ kind, name, why }) => `${kind} ${name}${why === '' ? '' : ` (${why})`}`)
  const more = left.length - named.length
  return `still there: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
