import type { ServiceFacts } from '../domain/stack-facts.js'
import { holdersOf, trimmed, type DatabasePlan } from './database-plan.js'

/** A database with canary rows, for the length of a run. */
export type DatabaseHome = {
  /** With the name that its service has now; its mounts are those that it had when the rows were written. */
  plan: DatabasePlan
  /** Where the rows lie; undefined: they do not yet. */
  database: string | undefined
}

/**
 * Gives the homes whose service is gone to the planned databases of the same kind on the same volume: a server with a new
 * name is the same database, and its rows are there already.
 */
export function followRenamed(
  homes: readonly DatabaseHome[],
  plans: readonly DatabasePlan[],
  services: readonly ServiceFacts[],
): void {
  const orphans = homes.filter(
    ({ plan, database }) =>
      database !== undefined && !services.some(({ name }) => name === plan.service),
  )
  const free = plans.filter(plan => plan.refused === undefined && !homes.some(isHomeOf(plan)))
  for (const home of orphans) {
    const at = free.findIndex(
      plan => plan.dialect.kind === home.plan.dialect.kind && sharesVolume(plan, home.plan),
    )
    const [heir] = at < 0 ? [] : free.splice(at, 1)
    if (heir !== undefined) home.plan = { ...home.plan, service: heir.service }
  }
}

/** Whether a home is that of a planned database. */
export function isHomeOf({ dialect, service }: DatabasePlan): (home: DatabaseHome) => boolean {
  return ({ plan }) => plan.dialect.kind === dialect.kind && plan.service === service
}

function sharesVolume(one: DatabasePlan, other: DatabasePlan): boolean {
  return one.mounts.some(({ volume }) => other.mounts.some(mount => mount.volume === volume))
}

/** The path of a file in a database's volumes, as it is where they are mounted elsewhere. */
export function pathUnder(
  mounts: ServiceFacts['mounts'],
  plan: DatabasePlan,
  path: string,
): string {
  const [holder] = holdersOf(plan, path)
  if (holder === undefined || !path.startsWith(`${trimmed(holder.target)}/`)) return path
  const there = mounts.filter(({ volume }) => volume === holder.volume)
  const mount = there.find(({ readOnly }) => !readOnly) ?? there[0]
  if (mount === undefined || there.some(({ target }) => target === holder.target)) return path
  return `${trimmed(mount.target)}${path.slice(trimmed(holder.target).length)}`
}

/** Whether a file lies in a volume of the database, and not in another one that is mounted below that. */
export function liesIn(mounts: ServiceFacts['mounts'], plan: DatabasePlan, path: string): boolean {
  if (!path.startsWith('/')) return true
  const [holder] = holdersOf({ mounts }, path)
  return plan.mounts.some(({ volume }) => volume === holder?.volume)
}
