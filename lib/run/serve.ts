import type { Check } from '../domain/check.js'
import type { Bench } from './bench.js'
import { isBad } from './ledger.js'

/** Proves that the app answers as its meta says, and remembers whether it did. */
export async function serve({ facts, ports, progress }: Bench): Promise<readonly Check[]> {
  const checks = await ports.phases.in('serve', async floor => {
    const startedAt = performance.now()
    const found = await ports.serving(facts.app, facts.meta)
    floor.add(performance.now() - startedAt)
    return found
  })
  progress.serving = !checks.some(isBad)
  return checks
}
