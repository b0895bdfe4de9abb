import { isListener } from '../domain/database-server.js'
import type { ServiceFacts, StackFacts } from '../domain/stack-facts.js'
import type { ContainerNote, History } from './convergence-history.js'
import { isTroubled } from './doomed-lives.js'
import type { Engine } from './engine.js'
import { listensAtAll } from './listening.js'
import { pickContainer } from './running-container.js'

/** Between two questions to one container, ms. */
const PAUSE_MS = 1_000

/** Finds out whether databases, and other servers that apps wait for, are up without a health check: nothing else tells of it. */
export type Ears = {
  /** Asks those beside which something fails, and which have not been heard yet. */
  hear(history: History, facts: StackFacts): Promise<readonly ContainerNote[]>
}

export function createEars(engine: Engine): Ears {
  const askedAt = new Map<string, number>()
  const isDue = (taskId: string) =>
    performance.now() - (askedAt.get(taskId) ?? -PAUSE_MS) >= PAUSE_MS
  const ask = async (
    { name }: ServiceFacts,
    { history, facts }: { history: History; facts: StackFacts },
  ): Promise<readonly ContainerNote[]> => {
    const container = pickContainer(facts, name)
    if (container === undefined) return []
    const { id, taskId } = container
    const isHeard = history.lives.some(
      each => each.task.id === taskId && each.heardMs !== undefined,
    )
    if (isHeard || !isDue(taskId)) return []
    askedAt.set(taskId, performance.now())
    const listens = await listensAtAll(engine, id)
    return listens === undefined ? [] : [{ taskId, kind: listens ? 'heard' : 'silent' }]
  }
  return {
    hear: async (history, facts) => {
      const mute = facts.services.filter(
        each => each.healthcheck === undefined && isListener(each) && failsBeside(history, each),
      )
      return (await Promise.all(mute.map(each => ask(each, { history, facts })))).flat()
    },
  }
}

function failsBeside({ lives }: History, { id }: ServiceFacts): boolean {
  return lives.some(life => life.task.serviceId !== id && isTroubled(life))
}
