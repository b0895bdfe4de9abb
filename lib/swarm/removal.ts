import { setTimeout as sleep } from 'node:timers/promises'
import type { Item } from './census.js'
import { isAbsent } from './engine.js'

const SHORTEST_PAUSE_MS = 10
const LONGEST_PAUSE_MS = 250
/** The rest of a look is asked to go this long after what goes first, or once that has answered. */
export const HEAD_START_MS = 200
/** A refused removal is asked for again no sooner than this. */
const ASK_AGAIN_MS = 100

export type Clearing = {
  /** What is still there. */
  readonly list: () => Promise<Item[]>
  /** Asks for one to go. That it is gone already is fine. */
  readonly remove: (item: Item) => Promise<void>
  /** The kind that has a head start of {@link HEAD_START_MS} before the others. */
  readonly first?: Item['kind'] | undefined
  readonly limitMs: number
  readonly signal?: AbortSignal | undefined
}

/** What came of clearing. */
export type Cleared = {
  readonly left: readonly Item[]
  /** How many things were asked to go. */
  readonly asked: number
  /** Why something did not go when asked, by {@link keyOf}. */
  readonly why: ReadonlyMap<string, string>
}

/**
 * Lists and removes until nothing is left or the time is over. Each pause is a twentieth of the time waited so far, from 10
 * to 250 ms: never much later than need be, never busy. Things that appear meanwhile are removed too. At least one try,
 * however little time there is. Throws what `list` throws.
 */
export async function clear({ list, remove, first, limitMs, signal }: Clearing): Promise<Cleared> {
  const started = performance.now()
  const asked = new Map<string, number>()
  const why = new Map<string, string>()
  for (;;) {
    const left = await list()
    const now = performance.now()
    const due = left.filter(item => now - (asked.get(keyOf(item)) ?? -Infinity) >= ASK_AGAIN_MS)
    const ask = async (item: Item): Promise<void> => {
      asked.set(keyOf(item), now)
      const refused = await refusalOf(remove(item))
      if (refused !== undefined) why.set(keyOf(item), refused)
    }
    const ahead = Promise.all(due.filter(({ kind }) => kind === first).map(ask))
    await Promise.race([ahead, sleep(HEAD_START_MS, undefined, { ref: false })])
    await Promise.all([ahead, ...due.filter(({ kind }) => kind !== first).map(ask)])
    if (left.length === 0) return { left, asked: asked.size, why }
    const waited = performance.now() - started
    if (waited > limitMs) return { left: await list(), asked: asked.size, why }
    const pause = Math.min(Math.max(waited / 20, SHORTEST_PAUSE_MS), LONGEST_PAUSE_MS)
    await sleep(pause, undefined, { signal })
  }
}

export function keyOf({ kind, id }: Item): string {
  return `${kind} ${id}`
}

async function refusalOf(removal: Promise<void>): Promise<string | undefined> {
  try {
    await removal
    return undefined
  } catch (error) {
    return isAbsent(error) ? undefined : error instanceof Error ? error.message : String(error)
  }
}
