import type { Check } from '../domain/check.js'
import type { Bench } from './bench.js'

/** Puts the canaries of the app in place, once; volumes that appear later get theirs when asked again. */
export async function watchData({ facts, ports, progress }: Bench): Promise<readonly Check[]> {
  return ports.phases.in('canaries', async () => {
    if (progress.canaries !== undefined) {
      await progress.canaries.refresh(progress.services)
      return []
    }
    progress.canaries = ports.canaries(facts.app, progress.services)
    const checks = await progress.canaries.write()
    ports.reached('canary.written')
    ports.emit({ type: 'canary.listed', canaries: progress.canaries.report() })
    return checks
  })
}
