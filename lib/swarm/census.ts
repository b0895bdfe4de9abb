import { setTimeout as sleep } from 'node:timers/promises'
import type { AppDomain } from '../domain/names.js'
import { stackOf } from '../domain/names.js'
import type { CallOptions, Engine } from './engine.js'
import { envFilesOf } from './env-files.js'
import { ENGINE_KINDS, listKind, listTasks, type EngineKind, type Listed } from './listing.js'

/** One thing that belongs to a domain. */
export type Item = {
  readonly kind: EngineKind | 'env'
  /** A name, the id of a task, or the path of an env file. */
  readonly name: string
  /** What it is removed by. */
  readonly id: string
}

/** Whose belongings, and where they are looked for. */
export type Whose = {
  readonly engine: Engine
  /** The canonical abra folder: its `servers` hold the env files. */
  readonly abraDir: string
  readonly domain: AppDomain
}

/** How long the Engine may take to finish a call of a client that was killed. */
export const PROOF_GAP_MS = 250

/**
 * Everything that belongs to a domain: what carries the label of its stack or has its name prefix, of every kind, and
 * its env files. Throws an EngineFault or the system's error: what was not counted is not empty.
 */
export async function census(whose: Whose, options?: CallOptions): Promise<Item[]> {
  const [listed, files] = await Promise.all([
    belongings(whose, ENGINE_KINDS, options),
    envFilesOf(whose.abraDir, whose.domain),
  ])
  return [...listed, ...files.map(path => ({ kind: 'env', name: path, id: path }) as const)]
}

/** The part of the census that the Engine keeps, of some kinds. */
export async function belongings(
  { engine, domain }: Pick<Whose, 'engine' | 'domain'>,
  kinds: readonly EngineKind[],
  options?: CallOptions,
): Promise<Item[]> {
  const stack = stackOf(domain)
  const lists = await Promise.all(
    kinds.map(kind =>
      kind === 'task' ? listTasks(engine, stack, options) : listKind(engine, kind, options),
    ),
  )
  const items = lists.flat().filter(listed => belongsTo(listed, stack))
  const byId = new Map(items.map(({ kind, name, id }) => [`${kind} ${id}`, { kind, name, id }]))
  return [...byId.values()]
}

/** The one rule of what belongs to a stack. */
export function belongsTo(listed: Listed, stack: string): boolean {
  return listed.stack === stack || listed.name.startsWith(`${stack}_`)
}

/**
 * What is left of a domain: counted twice, {@link PROOF_GAP_MS} apart, and empty only if both counts were. Throws as
 * {@link census} does.
 */
export async function provenLeft(whose: Whose, options?: CallOptions): Promise<Item[]> {
  const first = await census(whose, options)
  if (first.length > 0) return first
  await sleep(PROOF_GAP_MS, undefined, { signal: options?.signal })
  return await census(whose, options)
}
