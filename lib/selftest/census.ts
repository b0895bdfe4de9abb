import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { parseAppDomain, type AppDomain } from '../domain/names.js'
import { AppLock } from '../lock/app-lock.js'
import { appLockSubject } from '../lock/app-lock-name.js'
import type { Engine } from '../swarm/engine.js'
import { domainsOf, inventory } from '../swarm/suspects.js'

export type Places = {
  readonly engine: Engine
  /** Below it lie the domains that are counted. */
  readonly suffix: string
  readonly abraDir: string
  readonly lockDir: string
  readonly stateDir: string
  /** Of the self-test's own runs. */
  readonly runsDir: string
}

/** One thing that a run may leave behind. */
export type Thing = {
  readonly kind: string
  readonly name: string
  readonly id: string
  /** Undefined: no domain can be told from it. */
  readonly domain: AppDomain | undefined
}

/**
 * Everything on the host that has the shape which only runs produce, of every domain below the suffix: on the Engine, env
 * files, lockfiles, leases, half-written files beside them, and run folders that are on their way in or out. Found by
 * listing all there is, and not by asking for one domain. Throws an EngineFault.
 */
export async function countAll(places: Places): Promise<readonly Thing[]> {
  const [listed, files] = await Promise.all([onEngine(places), onDisk(places)])
  return [...listed, ...files]
}

/** What is there now and was not before, but for apps that somebody else's living run holds. */
export function newIn(
  now: readonly Thing[],
  before: readonly Thing[],
  held: (domain: AppDomain) => boolean,
): readonly Thing[] {
  const known = new Set(before.map(keyOf))
  return now.filter(
    thing => !known.has(keyOf(thing)) && (thing.domain === undefined || !held(thing.domain)),
  )
}

/** Whether a living process holds the lock of a domain. */
export function isHeld(lockDir: string, domain: AppDomain): boolean {
  const probed = AppLock.probe(lockDir, domain, { create: false, touch: false })
  if (probed.outcome === 'won') probed.lock.release()
  return probed.outcome === 'refused'
}

function keyOf({ kind, id }: Thing): string {
  return `${kind} ${id}`
}

async function onEngine({ engine, suffix }: Places): Promise<readonly Thing[]> {
  return (await inventory(engine)).flatMap(({ kind, name, id, stack }) => {
    const [domain] = domainsOf([{ kind, name, id, stack }], suffix).runApps
    return domain === undefined ? [] : [{ kind, name: name === '' ? id : name, id, domain }]
  })
}

/** What a file's name says it is. A domain that no run app has: not ours to count. */
type Meant = { readonly kind: string; readonly domain?: string } | undefined

async function onDisk(places: Places): Promise<readonly Thing[]> {
  const { abraDir, lockDir, stateDir, runsDir } = places
  const servers = join(abraDir, 'servers')
  const folders = new Map<string, (name: string) => Meant>([
    [lockDir, name => ({ kind: 'lockfile', domain: appLockSubject(name) ?? '' })],
    [join(stateDir, 'leases'), name => ({ kind: 'lease', domain: before('.json', name) })],
    [stateDir, name => (/\.(tmp|new)$/.test(name) ? { kind: 'half-written file' } : undefined)],
    [runsDir, name => (name.startsWith('.') ? { kind: 'hidden run folder' } : undefined)],
  ])
  for (const server of await namesIn(servers))
    folders.set(join(servers, server), name => ({ kind: 'env file', domain: before('.env', name) }))
  const found = [...folders].map(([folder, meaning]) => look(folder, meaning, places.suffix))
  return (await Promise.all(found)).flat()
}

async function look(
  folder: string,
  meaning: (name: string) => Meant,
  suffix: string,
): Promise<readonly Thing[]> {
  return (await namesIn(folder)).flatMap((name): readonly Thing[] => {
    const meant = meaning(name)
    const path = join(folder, name)
    if (meant === undefined) return []
    if (meant.domain === undefined)
      return [{ kind: meant.kind, name: path, id: path, domain: undefined }]
    const domain = parseAppDomain(meant.domain, suffix)
    return domain === undefined ? [] : [{ kind: meant.kind, name: path, id: path, domain }]
  })
}

/** What stands before an ending, also in the name of a draft: `.<domain>.env.<something>`. */
function before(ending: string, name: string): string {
  const at = name.indexOf(ending)
  return at < 0 ? '' : name.slice(name.startsWith('.') ? 1 : 0, at)
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => [])
}
