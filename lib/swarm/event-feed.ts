import { setTimeout as sleep } from 'node:timers/promises'
import type { ContainerNote } from './convergence-history.js'
import type { Engine, EngineEvent, EventStream } from './engine.js'

/** The Engine's events about one stack: a bell that wakes a poll, and what containers were said to suffer. */
export type EventFeed = {
  /** Resolves at the next event, after `ms`, or at an abort; at once if it rang since the last wait. True: it rang. */
  wait(ms: number, signal?: AbortSignal): Promise<boolean>
  /** The notes since the last call. */
  takeNotes(): ContainerNote[]
  /** The last of what was heard, in words, oldest first. */
  recent(): readonly string[]
}

export type FeedOptions = {
  readonly signal: AbortSignal
  /** Called at each event of the stack. */
  readonly stirred?: (() => void) | undefined
}

const FILTERS = {
  type: ['container', 'service'],
  event: ['start', 'die', 'oom', 'health_status', 'create', 'update', 'remove'],
}
const REOPEN_MS = 1_000
const MOST_RECENT = 40

/**
 * Resolves once subscribed. Events are a bell and never the truth: the Engine drops them for a slow listener, and a
 * stream that is cut is opened again. Ends with `signal`. Throws EngineFault when the first subscription fails.
 */
export async function openEventFeed(
  engine: Engine,
  stack: string,
  { signal, stirred }: FeedOptions,
): Promise<EventFeed> {
  const bell = createBell()
  const notes: ContainerNote[] = []
  const recent: string[] = []
  const first = await engine.openEvents(FILTERS, signal)
  void pump({ engine, signal, first }, event => {
    if (!isAbout(stack, event)) return
    stirred?.()
    const note = noteOf(event)
    if (note !== undefined) notes.push(note)
    recent.push(wordsOf(stack, event))
    if (recent.length > MOST_RECENT) recent.shift()
    bell.ring()
  })
  signal.addEventListener('abort', bell.ring, { once: true })
  return { wait: bell.wait, takeNotes: () => notes.splice(0), recent: () => [...recent] }
}

/** `18:03:11.250 app die, exit code 3`: the service without the stack's prefix, and what happened to it. */
function wordsOf(stack: string, { type, action, attributes, atMs }: EngineEvent): string {
  const named = attributes['com.docker.swarm.service.name'] ?? attributes['name'] ?? ''
  const service = named.startsWith(`${stack}_`) ? named.slice(stack.length + 1) : named
  const [state, code] = [attributes['updatestate.new'], attributes['exitCode']]
  const detail = state === undefined ? '' : `, update ${state}`
  const exit = action === 'die' && code !== undefined ? `, exit code ${code}` : ''
  return `${new Date(atMs).toISOString().slice(11, 23)} ${service} ${type} ${action}${detail}${exit}`
}

async function pump(
  source: { engine: Engine; signal: AbortSignal; first: EventStream },
  hear: (event: EngineEvent) => void,
): Promise<void> {
  let stream: EventStream | undefined = source.first
  while (!source.signal.aborted) {
    for await (const event of stream ?? []) hear(event)
    stream = await reopen(source)
  }
}

async function reopen(source: {
  engine: Engine
  signal: AbortSignal
}): Promise<EventStream | undefined> {
  try {
    await sleep(REOPEN_MS, undefined, { signal: source.signal })
    return await source.engine.openEvents(FILTERS, source.signal)
  } catch {
    return undefined // the poll goes on without a bell
  }
}

function isAbout(stack: string, { type, attributes }: EngineEvent): boolean {
  if (type === 'service') return (attributes['name'] ?? '').startsWith(`${stack}_`)
  return attributes['com.docker.stack.namespace'] === stack
}

/** What an event says about a container's suffering; undefined: nothing of the kind. */
function noteOf({ type, action, attributes }: EngineEvent): ContainerNote | undefined {
  const taskId = attributes['com.docker.swarm.task.id']
  if (type !== 'container' || taskId === undefined) return undefined
  if (action === 'health_status: unhealthy') return { taskId, kind: 'unhealthy' }
  return action === 'oom' ? { taskId, kind: 'oom' } : undefined
}

/** Remembers one ring between two waits. */
function createBell() {
  let rung = false
  let wake: (() => void) | undefined
  const wait = async (ms: number, signal?: AbortSignal): Promise<boolean> => {
    if (!rung && signal?.aborted !== true) {
      await new Promise<void>(resolve => {
        const timer = setTimeout(resolve, ms)
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
        signal?.addEventListener('abort', wake, { once: true })
      })
    }
    if (wake !== undefined) signal?.removeEventListener('abort', wake)
    wake = undefined
    const rang = rung
    rung = false
    return rang
  }
  return {
    wait,
    ring: () => {
      rung = true
      wake?.()
    },
  }
}
