import type { ServiceFacts } from '../domain/stack-facts.js'

/** What the backup labels of a stack say of one of its volumes. */
export type BackupPromise =
  | { readonly kind: 'whole' }
  /** Only these paths, relative to its root. */
  | { readonly kind: 'paths'; readonly paths: readonly string[] }
  | { readonly kind: 'excluded' }
  /** No service that mounts it is labelled for backup. */
  | { readonly kind: 'none' }

/** What the labels say a snapshot will hold of one volume. */
export type PromisedVolume = {
  /** As Docker names it. */
  readonly volume: string
  /** Empty: the whole volume; else the only paths, relative to its root. */
  readonly paths: readonly string[]
}

/** What of a service the labels are read from. */
type Labelled = Pick<ServiceFacts, 'name' | 'fullName' | 'labels' | 'containerLabels' | 'mounts'>

const PREFIX = 'backupbot.backup'

/** Whether any service of a stack is labelled for backup: then backup and restore apply. */
export function backupCapable(services: readonly Labelled[]): boolean {
  return services.some(isBackedUp)
}

/** The volumes that the labels promise to back up, whole or in part, each once. */
export function promisedVolumes(services: readonly Labelled[]): readonly PromisedVolume[] {
  const volumes = new Set(services.flatMap(({ mounts }) => mounts.map(({ volume }) => volume)))
  return [...volumes].flatMap(volume => {
    const promise = backupPromise(services, volume)
    if (promise.kind === 'whole') return [{ volume, paths: [] }]
    return promise.kind === 'paths' ? [{ volume, paths: promise.paths }] : []
  })
}

/**
 * The backup bot takes the volumes of every service that is labelled, except what labels of any service leave out. Some
 * versions take the stack's other volumes too; that is more than is promised.
 */
export function backupPromise(services: readonly Labelled[], volume: string): BackupPromise {
  const holders = services.filter(
    service => isBackedUp(service) && service.mounts.some(mount => mount.volume === volume),
  )
  if (holders.length === 0) return { kind: 'none' }
  const key = `${PREFIX}.volumes.${shortName(services, volume)}`
  const values = (name: string) =>
    services.map(each => labelsOf(each)[name]).filter(each => each !== undefined)
  if (values(key).some(isFalse)) return { kind: 'excluded' }
  const paths = values(`${key}.path`).flatMap(pathList)
  return paths.length > 0 ? { kind: 'paths', paths } : olderPromise(holders, volume)
}

/** The older `backupbot.backup.path` names absolute paths in the container of the service that carries it. */
function olderPromise(holders: readonly Labelled[], volume: string): BackupPromise {
  const found = holders.flatMap(service => {
    const label = labelsOf(service)[`${PREFIX}.path`]
    if (label === undefined || pathList(label).length === 0) return ['']
    const targets = service.mounts
      .filter(mount => mount.volume === volume)
      .map(mount => trimmed(mount.target))
    return pathList(label).flatMap(path => targets.flatMap(target => insideOf(path, target)))
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
  const value = labelsOf(service)[PREFIX]
  return value !== undefined && /^(true|1|yes|on)$/i.test(value.trim())
}

/** The command that the bot runs in the service's own container before a backup: a dump, by custom. Empty: none. */
export function dumpHookOf(service: Labelled): string {
  return (labelsOf(service)[`${PREFIX}.pre-hook`] ?? '').trim()
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
