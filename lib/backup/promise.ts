import { saysYes } from '../domain/label-value.js'
import type { ServiceFacts } from '../domain/stack-facts.js'

/** What the backup labels of a stack say of one of its volumes. */
export type BackupPromise =
  | { readonly kind: 'whole' }
  /** Only these paths, relative to its root. */
  | { readonly kind: 'paths'; readonly paths: readonly string[] }
  | { readonly kind: 'excluded' }
  /** No service of the stack turns backups on, or nothing that is promised takes it in. */
  | { readonly kind: 'none' }

/** What the labels say a snapshot will hold of one volume. */
export type PromisedVolume = {
  /** As Docker names it. */
  readonly volume: string
  /** Empty: the whole volume; else the only paths, relative to its root. */
  readonly paths: readonly string[]
  /** A service that mounts it has a hook before a backup: what that leaves in the paths is a dump. */
  readonly hooked: boolean
}

/** The volumes that a snapshot has anything of. Undefined: there is none yet, or nobody can read it. */
export type Held = ReadonlySet<string> | undefined

/** A stack, and what its snapshot turned out to hold. */
export type Kept = { readonly services: readonly ServiceFacts[]; readonly held?: Held }

/** What of a service the labels are read from. */
type Labelled = Pick<ServiceFacts, 'name' | 'fullName' | 'labels' | 'containerLabels' | 'mounts'>

const PREFIX = 'backupbot.backup'
const HOOK = /^backupbot\.(?:backup|restore)\.(?:pre|post)-hook$/

/** Whether any service of a stack is labelled for backup: then backup and restore apply. */
export function backupCapable(services: readonly Labelled[]): boolean {
  return services.some(isBackedUp)
}

/** The volumes that the labels promise to back up, whole or in part, each once. */
export function promisedVolumes(
  services: readonly Labelled[],
  held?: Held,
): readonly PromisedVolume[] {
  const volumes = new Set(services.flatMap(({ mounts }) => mounts.map(({ volume }) => volume)))
  return [...volumes].flatMap(volume => {
    const promise = backupPromise(services, volume, held)
    if (promise.kind !== 'whole' && promise.kind !== 'paths') return []
    const hooked = holdersOf(services, volume).some(each => dumpHookOf(each) !== '')
    return [{ volume, paths: promise.kind === 'paths' ? promise.paths : [], hooked }]
  })
}

/**
 * One service turns backups on for the whole stack: then every volume is in, except what labels of any service leave out
 * or narrow down. Bots of an older kind take only what labelled services mount. So a volume that only services without a
 * label mount, and that no path, no hook and no label of its own promises, is in if the snapshot holds anything of it;
 * before that is known it counts as in, so that nothing is believed without a look.
 */
export function backupPromise(
  services: readonly Labelled[],
  volume: string,
  held?: Held,
): BackupPromise {
  const holders = holdersOf(services, volume)
  if (holders.length === 0 || !backupCapable(services)) return { kind: 'none' }
  const key = `${PREFIX}.volumes.${shortName(services, volume)}`
  const values = (name: string) =>
    services.map(each => labelsOf(each)[name]).filter(each => each !== undefined)
  if (values(key).some(isFalse)) return { kind: 'excluded' }
  const paths = values(`${key}.path`).flatMap(pathList)
  if (paths.length > 0) return { kind: 'paths', paths }
  const vouching = vouchingOf(holders)
  if (vouching.length > 0) return olderPromise(vouching, volume)
  const isNamed = values(key).length > 0 || values(`${key}.path`).length > 0
  return isNamed || held?.has(volume) !== false ? { kind: 'whole' } : { kind: 'none' }
}

function holdersOf(services: readonly Labelled[], volume: string): readonly Labelled[] {
  return services.filter(({ mounts }) => mounts.some(mount => mount.volume === volume))
}

/** Of the services that mount a volume those whose labels say that it is in: by themselves, else by a hook. */
function vouchingOf(holders: readonly Labelled[]): readonly Labelled[] {
  const saying = holders.filter(each => isBackedUp(each) || olderPaths(each).length > 0)
  if (saying.length > 0) return saying
  return holders.filter(each => Object.keys(labelsOf(each)).some(label => HOOK.test(label)))
}

/** The older `backupbot.backup.path` names absolute paths in the container of the service that carries it. */
function olderPaths(service: Labelled): readonly string[] {
  return pathList(labelsOf(service)[`${PREFIX}.path`] ?? '')
}

function olderPromise(holders: readonly Labelled[], volume: string): BackupPromise {
  const found = holders.flatMap(service => {
    const paths = olderPaths(service)
    if (paths.length === 0) return ['']
    const targets = service.mounts
      .filter(mount => mount.volume === volume)
      .map(mount => trimmed(mount.target))
    return paths.flatMap(path => targets.flatMap(target => insideOf(path, target)))
  })
  if (found.includes('')) return { kind: 'whole' }
  return found.length === 0 ? { kind: 'none' } : { kind: 'paths', paths: found }
}

/** A path as one below a folder: empty when it is the folder, or one above it. */
function insideOf(path: string, folder: string): readonly string[] {
  if (`${folder}/`.startsWith(`${path}/`)) return ['']
  return path.startsWith(`${folder}/`) ? [path.slice(folder.length + 1)] : []
}

/** Whether a service is labelled for backup. */
export function isBackedUp(service: Labelled): boolean {
  return saysYes(labelsOf(service)[PREFIX])
}

/** The command that the bot runs in the service's own container before a backup: a dump, by custom. Empty: none. */
export function dumpHookOf(service: Labelled): string {
  return (labelsOf(service)[`${PREFIX}.pre-hook`] ?? '').trim()
}

/** Whether anything that a service could dump into is backed up. */
export function keepsSomething({ services, held }: Kept, { mounts }: Labelled): boolean {
  return mounts.some(({ volume }) => {
    const { kind } = backupPromise(services, volume, held)
    return kind === 'whole' || kind === 'paths'
  })
}

/** The name that the compose file gives a volume: without the stack's prefix. */
export function shortName(services: readonly Labelled[], volume: string): string {
  const stack = stackPrefix(services)
  return stack !== undefined && volume.startsWith(stack) ? volume.slice(stack.length) : volume
}

/** `<stack>_`, as the services' own full names show it. */
function stackPrefix(services: readonly Labelled[]): string | undefined {
  const [first] = services
  return first?.fullName.slice(0, first.fullName.length - first.name.length)
}

/** The bot reads the labels of services; some recipes put them on the container. */
function labelsOf(service: Labelled): Readonly<Record<string, string>> {
  return { ...service.containerLabels, ...service.labels }
}

function pathList(value: string): readonly string[] {
  return value
    .split(',')
    .map(trimmed)
    .filter(path => path !== '')
}

/** Without space around it and without slashes at its ends. */
function trimmed(path: string): string {
  return path.trim().replace(/^\/+|\/+$/g, '')
}

function isFalse(value: string): boolean {
  return /^(false|0|no|off)$/i.test(value.trim())
}
