import type { RunPorts } from '../../commands/run.js'
import type { Reached } from '../../domain/crash-points.js'
import type { RunRequest } from '../../domain/request.js'
import { LEASE_MS, readLease, removeLease, writeLease } from '../../janitor/lease.js'

/** Reading, writing and dropping the leases of a run's domains. */
export function leasePorts(
  { config, runId }: RunRequest,
  reached: Reached,
): Pick<RunPorts, 'kept' | 'dropLease' | 'lease'> {
  const { stateDir } = config
  return {
    kept: domain => {
      const reading = readLease(stateDir, domain, new Date())
      if (reading.state === 'unreadable') return { until: new Date(0), runId: reading.why }
      return reading.state === 'active' ? reading.lease : undefined
    },
    dropLease: async domain => {
      await removeLease(stateDir, domain)
      reached('lease.dropped')
    },
    lease: async domains => {
      const until = new Date(Date.now() + LEASE_MS)
      const drafted = (): void => {
        reached('lease.drafted')
      }
      for (const domain of domains) await writeLease(stateDir, domain, { runId, until, drafted })
      reached('lease.written')
      return until
    },
  }
}
