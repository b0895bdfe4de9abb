import { setTimeout as sleep } from 'node:timers/promises'
import { EngineFault, type Engine } from '../swarm/engine.js'
import { pickContainer } from '../swarm/running-container.js'
import { readStackFacts, type ServiceFacts, type StackFacts } from '../swarm/stack.js'
import type { Reading } from './reading.js'

/** A running container, found anew each time: an update replaces it. */
export type Place = {
  readonly containerId: string
  readonly service: ServiceFacts
}

export type Reach = {
  readonly engine: Engine
  readonly stack: string
  /**
   * Whether a service is one of the deployed version. abra prunes nothing: what an older version left running still mounts
   * its volumes, and what only such a service can see is lost to the app.
   */
  readonly isMeant: (service: ServiceFacts) => boolean
  /** How long a place that cannot be reached is tried again; it may be restarting. */
  readonly patienceMs: number
}

const STEP_MS = 300

/** For taking something away: tried once, in whatever runs. */
export function once(reach: Reach): Reach {
  return { ...reach, patienceMs: 0, isMeant: () => true }
}

/**
 * Does something in a running container of one of the services that `choose` picks, in their order. A container that
 * vanishes under way, or an attempt that says `unreadable`, is tried again while patience lasts.
 */
export async function inContainer<T>(
  reach: Reach,
  choose: (facts: StackFacts) => readonly ServiceFacts[],
  act: (place: Place) => Promise<Reading<T>>,
): Promise<Reading<T>> {
  const started = performance.now()
  for (;;) {
    const reading = await attempt(reach, choose, act)
    if (reading.kind !== 'unreadable' || reading.final === true) return reading
    if (performance.now() - started >= reach.patienceMs) return reading
    await sleep(STEP_MS)
  }
}

async function attempt<T>(
  reach: Reach,
  choose: (facts: StackFacts) => readonly ServiceFacts[],
  act: (place: Place) => Promise<Reading<T>>,
): Promise<Reading<T>> {
  try {
    const facts = await readStackFacts(reach.engine, reach.stack)
    const services = choose({ ...facts, services: facts.services.filter(reach.isMeant) })
    if (services.length === 0) return { kind: 'unused', why: 'no service uses it any more' }
    for (const service of services) {
      const container = pickContainer(facts, service.name)
      if (container !== undefined) return await act({ containerId: container.id, service })
    }
    const names = services.map(service => `"${service.name}"`).join(', ')
    const final = !services.some(service => isToRun(facts, service))
    return { kind: 'unreadable', why: `${names} has no running container`, final }
  } catch (error) {
    if (error instanceof EngineFault) return { kind: 'unreadable', why: error.why }
    throw error
  }
}

function isToRun(facts: StackFacts, service: ServiceFacts): boolean {
  return facts.tasks.some(task => task.serviceId === service.id && task.desiredState === 'running')
}
