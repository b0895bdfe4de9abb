import { parseAppDomain, type AppDomain } from '../domain/names.js'
import type { Engine } from '../swarm/engine.js'
import { envFileDomains } from '../swarm/env-files.js'
import { domainsOf, inventory, type Domains } from '../swarm/suspects.js'

/** Where apps are looked for. */
export type Looked = {
  readonly engine: Engine
  /** The canonical abra folder. */
  readonly abraDir: string
  /** Below it lie the domains that are looked for. */
  readonly suffix: string
}

/** For one question to the Engine. */
export const CALL_MS = 20_000

/** Every domain that something on the swarm, or an env file, belongs to. Throws EngineFault. */
export async function engineDomains({ engine, abraDir, suffix }: Looked): Promise<Domains> {
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
