import { setTimeout as sleep } from 'node:timers/promises'
import type { ServiceFacts } from '../swarm/stack.js'
import type { Bench } from './bench.js'

/**
 * How long the proxy may follow labels that have changed: Traefik reads them every 15 seconds by default and gathers what it
 * read for two more (measured: up to 17 from a running task to its route).
 */
const OLD_ROUTES_MS = 17_000
const WHAT = 'the proxy to take over changed labels'

/** Whether an upgrade told the proxy another way to the app: a changed label alone stops no replica, and no old route. */
export function isRerouted(
  before: readonly ServiceFacts[],
  after: readonly ServiceFacts[],
): boolean {
  return routesOf(before) !== routesOf(after)
}

function routesOf(services: readonly ServiceFacts[]): string {
  const told = services.flatMap(({ name, labels, containerLabels }) =>
    Object.entries({ ...containerLabels, ...labels })
      .filter(([label]) => label.startsWith('traefik.'))
      .map(([label, value]) => `${name} ${label}=${value}`),
  )
  return told.sort().join('\n')
}

/** Waits until no answer can come by the routes from before the last deploy. Throws when the run is ended. */
export async function outlastOldRoutes(
  { ports, progress }: Pick<Bench, 'ports' | 'progress'>,
  before: readonly ServiceFacts[],
): Promise<void> {
  const startedAt = performance.now()
  const left = OLD_ROUTES_MS - (startedAt - progress.convergedAtMs)
  if (left <= 0 || !isRerouted(before, progress.services)) return
  await ports.phases.in('routes', async floor => {
    ports.emit({ type: 'wait.started', for: WHAT })
    await sleep(left, undefined, { signal: ports.signal })
    const ms = Math.round(performance.now() - startedAt)
    ports.emit({ type: 'wait.finished', for: WHAT, ms })
    floor.add(ms)
  })
}
