import { unlink } from 'node:fs/promises'
import { errnoOf } from '../domain/errno.js'
import { belongings, type Item, type Whose } from './census.js'
import type { CallOptions, Engine } from './engine.js'
import { envFilesOf } from './env-files.js'
import type { EngineKind } from './listing.js'

/** One step of a teardown: what it looks for and removes, and the longest it may take, ms. */
export type Step = {
  readonly name: string
  readonly kinds: readonly EngineKind[]
  /** The kind that has a head start before the others. */
  readonly first?: EngineKind
  readonly limitMs: number
}

/**
 * The order decides between a leak and none: a network that goes while a task of it is alive loses that task's
 * address on every network it shares for good, and a /24 edge network lasts some 250 such removals. So networks go
 * only when service, task and container are gone. Measured: 0.7 s instead of 6, and no leak.
 *
 * Containers are killed first, and their services go 200 ms later, or once all of them are gone. Some 120 ms after its
 * service the Engine begins to end a task in its own way, in which it sleeps for 2 s before it signals anything; a
 * container that is dead by then spares it that, but one needs up to 150 ms to die. Much later, and Swarm has made a new
 * task in its place, which is as slow to end. Measured over `notes`, teardowns that took 3 s more: 10 of 27 with the
 * service first, none of 40 with 70 to 200 ms between the two, 5 of 6 with 400.
 */
// prettier-ignore
export const STEPS_TO_NETWORKS: readonly Step[] = [
  { name: 'services, containers', kinds: ['service', 'task', 'container'], first: 'container', limitMs: 60_000 },
  { name: 'networks',             kinds: ['network'],                                        limitMs: 20_000 },
]
// prettier-ignore
export const STEPS_TO_DATA: readonly Step[] = [
  { name: 'volumes, secrets, configs', kinds: ['volume', 'secret', 'config'], limitMs: 20_000 },
]

/** Lists what a step has to remove. */
export async function listStep(whose: Whose, step: Step, options: CallOptions): Promise<Item[]> {
  return await belongings(whose, step.kinds, options)
}

/** Asks the Engine to remove one thing. A task goes by itself once its service is gone. */
export async function removeItem(engine: Engine, item: Item, options: CallOptions): Promise<void> {
  if (item.kind === 'task' || item.kind === 'env') return
  await engine.remove(REMOVE[item.kind](encodeURIComponent(item.id)), options)
}

const REMOVE: Readonly<Record<Exclude<EngineKind, 'task'>, (id: string) => string>> = {
  service: id => `/services/${id}`,
  // v=1: with its anonymous volumes, which nothing else would ever name.
  container: id => `/containers/${id}?force=1&v=1`,
  network: id => `/networks/${id}`,
  volume: id => `/volumes/${id}`,
  secret: id => `/secrets/${id}`,
  config: id => `/configs/${id}`,
}

/** Removes the env files of a domain; returns how many. Throws the system's error. */
export async function removeEnvFiles({ abraDir, domain }: Whose): Promise<number> {
  const paths = await envFilesOf(abraDir, domain)
  for (const path of paths) {
    await unlink(path).catch((error: unknown) => {
      if (errnoOf(error) !== 'ENOENT') throw error
    })
  }
  return paths.length
}
