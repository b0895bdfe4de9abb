import { readdir } from 'node:fs/promises'
import { parseAppDomain, type AppDomain } from '../domain/names.js'
import { appLockSubject } from '../lock/app-lock-name.js'
import type { Domains } from '../swarm/suspects.js'
import { leasedDomains } from './lease.js'

export type Folders = {
  readonly suffix: string
  readonly lockDir: string
  readonly stateDir: string
}

/** Domains below the suffix that have a lockfile, and those that have a lease. */
export type NamesOnDisk = { readonly locked: Domains; readonly leased: Domains }

/** What the names of lockfiles and leases say. A lock folder that cannot be listed names nothing; the probes say why. */
export async function namesOnDisk({ lockDir, stateDir, suffix }: Folders): Promise<NamesOnDisk> {
  const files = await readdir(lockDir).catch(() => [])
  const subjects = files.map(appLockSubject).filter(subject => subject !== undefined)
  return { locked: split(subjects, suffix), leased: split(leasedDomains(stateDir), suffix) }
}

function split(names: readonly string[], suffix: string): Domains {
  const runApps = new Set<AppDomain>()
  const others = new Set<string>()
  for (const name of names) {
    const domain = parseAppDomain(name, suffix)
    if (domain === undefined) others.add(name)
    else runApps.add(domain)
  }
  return { runApps, others }
}
