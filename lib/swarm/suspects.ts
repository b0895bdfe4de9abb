import type { AppDomain } from '../domain/names.js'
import { parseAppDomain } from '../domain/names.js'
import type { CallOptions, Engine } from './engine.js'
import { ENGINE_KINDS, listKind, type Listed } from './listing.js'

/** Everything the Engine keeps, of whomever. Throws an EngineFault. */
export async function inventory(engine: Engine, options?: CallOptions): Promise<Listed[]> {
  const lists = await Promise.all(ENGINE_KINDS.map(kind => listKind(engine, kind, options)))
  return lists.flat()
}

/** The domains below a suffix that something of an inventory belongs to. */
export type Domains = {
  readonly runApps: ReadonlySet<AppDomain>
  /** Below the suffix, but not of the shape that only runs produce: never ours to touch. */
  readonly others: ReadonlySet<string>
}

/**
 * The domain of each stack label, and of each name that begins with what may be a stack's name and an underscore. The
 * shape of a run app has no underscore before the suffix, so it can be read in one way only.
 */
export function domainsOf(listed: readonly Listed[], suffix: string): Domains {
  const runApps = new Set<AppDomain>()
  const others = new Set<string>()
  for (const stack of stacksOf(listed, suffix.replaceAll('.', '_'))) {
    const head = stack.slice(0, -suffix.length - 1)
    const domain = `${head.replaceAll('_', '.')}.${suffix}`
    const runApp = parseAppDomain(domain, suffix)
    if (runApp === undefined) others.add(domain)
    else runApps.add(runApp)
  }
  return { runApps, others }
}

/** Every `<something>_<ending>` that is a label, or the beginning of a name. */
function stacksOf(listed: readonly Listed[], ending: string): Set<string> {
  const stacks = new Set<string>()
  for (const { stack, name } of listed) {
    if (stack?.endsWith(`_${ending}`) === true) stacks.add(stack)
    const at = name.indexOf(`_${ending}_`)
    if (at > 0) stacks.add(name.slice(0, at + 1 + ending.length))
  }
  return stacks
}
