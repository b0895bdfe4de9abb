import type { Emit, HappeningBody } from '../domain/events.js'
import type { Waiting } from './convergence.js'
import {
  extendHistory,
  hasEnded,
  type ContainerNote,
  type History,
  type Observation,
} from './convergence-history.js'
import type { Doom } from './doom.js'
import { createEars, type Ears } from './ears.js'
import { EngineFault, type Engine } from './engine.js'
import type { EventFeed } from './event-feed.js'
import { inspectContainer } from './inspect-container.js'
import { readStackFacts, type StackFacts } from './stack.js'

/** Looks at one stack again and again, and keeps the history of what it saw. */
export type Observer = {
  look(): Promise<History>
  opHasEnded(expected: readonly string[]): void
  /** Says what is waited for, once per change. */
  tell(waiting: readonly Waiting[]): void
  tellDoom(doom: Doom): void
  /** The last of what the Engine said about the stack. */
  events(): readonly string[]
  /** Until an event, or `ms`, or an abort. True: an event. */
  wait(ms: number, signal?: AbortSignal): Promise<boolean>
}

type Sight = {
  readonly engine: Engine
  readonly stack: string
  readonly feed: EventFeed
  readonly signal: AbortSignal
  readonly emit: Emit
  readonly trace?: (observation: Observation) => void
}

/** An Engine that does not answer for this long is a fault; shorter than that it may be restarting. */
const PATIENCE_MS = 15_000

export function createObserver(sight: Sight, start: History): Observer {
  const began = performance.now()
  const elapsed = () => Math.round(performance.now() - began)
  const ears = createEars(sight.engine)
  let history = start
  let answeredMs = 0
  const look = async (): Promise<History> => {
    sight.signal.throwIfAborted()
    try {
      const facts = await readStackFacts(sight.engine, sight.stack, { signal: sight.signal })
      const notes = await notesOf(sight, ears, { history, facts })
      const observation = { ...facts, atMs: Math.max(1, elapsed()), notes }
      sight.trace?.(observation)
      history = extendHistory(history, observation)
      answeredMs = elapsed()
    } catch (error) {
      if (!(error instanceof EngineFault) || elapsed() - answeredMs > PATIENCE_MS) throw error
    }
    return history
  }
  return {
    look,
    opHasEnded: expected => {
      history = { ...history, expected, opEndedMs: elapsed() }
      answeredMs = elapsed() // nobody may have asked for a long time
    },
    tell: teller(sight.emit),
    tellDoom: doom => {
      sight.emit(doomed(doom, history.now.atMs))
    },
    events: () => sight.feed.recent(),
    wait: (ms, signal) => sight.feed.wait(ms, signal),
  }
}

function teller(emit: Emit): Observer['tell'] {
  const told = new Map<string, string>()
  return waiting => {
    for (const { service, why } of waiting) {
      if (told.get(service) === why) continue
      told.set(service, why)
      emit({ type: 'service.observed', service, text: why })
    }
  }
}

function doomed({ class: found, service, firstMs, lastMs }: Doom, atMs: number): HappeningBody {
  const since = { sinceFirstMs: atMs - firstMs, sinceLastMs: atMs - lastMs }
  return { type: 'deploy.doomed', service: service.name, class: found, ...since }
}

/** What the Engine said of containers since the look before, and what they say themselves. */
async function notesOf(
  sight: Sight,
  ears: Ears,
  { history, facts }: { readonly history: History; readonly facts: StackFacts },
): Promise<readonly ContainerNote[]> {
  const found = await Promise.all([postmortems(sight, history, facts), ears.hear(history, facts)])
  return [...sight.feed.takeNotes(), ...found.flat()]
}

/** Looks once into each container that has just ended: it remembers memory kills and health when events were lost. */
async function postmortems(
  sight: Sight,
  history: History,
  facts: StackFacts,
): Promise<readonly ContainerNote[]> {
  const known = new Set(
    [...history.lives.filter(life => life.endedMs !== undefined).map(life => life.task.id)].concat(
      history.before.tasks.filter(hasEnded).map(task => task.id),
    ),
  )
  const dead = facts.tasks.filter(task => hasEnded(task) && !known.has(task.id))
  const notes = await Promise.all(
    dead.map(async ({ id: taskId, containerId }): Promise<readonly ContainerNote[]> => {
      if (containerId === undefined) return []
      try {
        const found = await inspectContainer(sight.engine, containerId, { deadlineMs: 4_000 })
        return [
          ...(found.oom ? [{ taskId, kind: 'oom' } as const] : []),
          ...(found.unhealthy ? [{ taskId, kind: 'unhealthy' } as const] : []),
        ]
      } catch (error) {
        if (error instanceof EngineFault) return [] // already removed, or on another node
        throw error
      }
    }),
  )
  return notes.flat()
}
