import type { AppDomain } from '../domain/names.js'
import { AppLock } from '../lock/app-lock.js'
import { readLease } from './lease.js'
import { suspectOf, type RunApp } from './suspect.js'

export type Looking = {
  readonly lockDir: string
  readonly stateDir: string
  /** Held longer than this is flagged, ms. */
  readonly overdueMs: number
  /** Look only: make no lockfile, touch none. */
  readonly dryRun: boolean
  readonly now: () => Date
}

/**
 * Looks at the lease and the lock of a run app, without waiting. A lease that holds everybody back is respected before
 * the lock is touched, and read again under the lock: a run writes it before it lets go.
 */
export function lookAt(domain: AppDomain, looking: Looking): RunApp {
  return leased(domain, looking) ?? lookAtLock(domain, looking)
}

function leased(domain: AppDomain, { stateDir, now }: Looking): RunApp | undefined {
  const reading = readLease(stateDir, domain, now())
  if (reading.state === 'none' || reading.state === 'expired') return undefined
  if (reading.state === 'unreadable') {
    return suspectOf(domain, { lease: 'unreadable' }, { detail: reading.why })
  }
  const { runId, until } = reading.lease
  return suspectOf(
    domain,
    { lease: 'active' },
    { detail: `by run ${runId} until ${until.toISOString()}` },
  )
}

function lookAtLock(domain: AppDomain, looking: Looking): RunApp {
  const change = !looking.dryRun
  const probed = AppLock.probe(looking.lockDir, domain, { create: change, touch: change })
  switch (probed.outcome) {
    case 'won': {
      const { lock, existed } = probed
      const lease = leased(domain, looking)
      if (lease !== undefined) {
        lock.release()
        return lease
      }
      return suspectOf(
        domain,
        { probe: 'won', lockfile: existed ? 'existed' : 'missing' },
        { lock },
      )
    }
    case 'absent':
      // Only when looking: a sweep would have made the file, and won it.
      return suspectOf(domain, { probe: 'won', lockfile: 'missing' }, {})
    case 'refused': {
      const { holder, heldSince } = probed
      const overdue = looking.now().getTime() - heldSince.getTime() > looking.overdueMs
      const evidence = { probe: 'refused', held: overdue ? 'overdue' : 'in-time' } as const
      const detail = `${holder}, since ${heldSince.toISOString()}`
      return suspectOf(domain, evidence, { detail, heldBy: holder, heldSince })
    }
    case 'replaced':
      return suspectOf(domain, { probe: 'replaced' }, {})
    case 'unreadable':
    case 'no-dir':
      return suspectOf(domain, { probe: probed.outcome }, { detail: probed.why })
  }
}
