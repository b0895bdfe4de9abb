import type { Check } from '../domain/check.js'
import type { Bench } from './bench.js'

/** Puts the canaries of the app in place, once; volumes that appear later get theirs when asked again. */
export async function watchData(bench: Bench): Promise<readonly Check[]> {
  const { facts, ports, progress } = bench
  return ports.phases.in('canaries', async () => {
    if (progress.canaries !== undefined) {
      await refreshData(bench)
      return []
    }
    progress.canaries = ports.canaries(facts.app, progress.services)
    const checks = await progress.canaries.write()
    ports.reached('canary.written')
    listCanaries(bench)
    return checks
  })
}

/** Has the canaries take note of the services as they are now; where that changes what is covered, it is listed again. */
export async function refreshData(bench: Bench): Promise<void> {
  await bench.progress.canaries?.refresh(bench.progress.services)
  listCanaries(bench)
}

function listCanaries({ ports, progress }: Bench): void {
  const canaries = progress.canaries?.report() ?? []
  const before = progress.listed ?? []
  const known = new Set(before.map(report => JSON.stringify(report)))
  const news = canaries.filter(report => !known.has(JSON.stringify(report)))
  const isSame = news.length === 0 && canaries.length === before.length
  if (progress.listed !== undefined && isSame) return
  progress.listed = canaries
  ports.emit({ type: 'canary.listed', canaries, news })
}
