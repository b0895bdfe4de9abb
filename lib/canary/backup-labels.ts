import type { ServiceFacts } from '../domain/stack-facts.js'

/** What the backup labels of a stack say of one of its volumes. */
export type BackupPromise =
  | { readonly kind: 'whole' }
  /** Only these paths, relative to its root. */
  | { readonly kind: 'paths'; readonly paths: readonly string[] }
  | { readonly kind: 'excluded' }
  /** No service that mounts it is labelled for backup. */
  | { readonly kind: 'none' }

const PREFIX = 'backupbot.backup'

/**
 * The backup bot takes the volumes of every service that is labelled, except what labels of any service leave out. Some
 * versions take the stack's other volumes too; that is more than is promised.
 */
export function backupPromise(services: readonly ServiceFacts[], volume: string): BackupPromise {
  const mounts = (service: ServiceFacts) => service.mounts.some(mount => mount.volume === volume)
  if (!services.some(service => isBackedUp(service) && mounts(service))) return { kind: 'none' }
  const labels = services.map(labelsOf)
  const short = shortName(services, volume)
  const values = (suffix: string) =>
    labels
      .map(each => each[`${PREFIX}.volumes.${short}${suffix}`])
      .filter(each => each !== undefined)
  if (values('').some(value => isFalse(value))) return { kind: 'excluded' }
  const paths = values('.path')
    .flatMap(value => value.split(','))
    .map(path => path.trim().replace(/^\/+|\/+$/g, ''))
    .filter(path => path !== '')
  return paths.length === 0 ? { kind: 'whole' } : { kind: 'paths', paths }
}

/** Whether a service is labelled for backup. */
export function isBackedUp(service: ServiceFacts): boolean {
  const value = labelsOf(service)[PREFIX]
  return value !== undefined && /^(true|1|yes|on)$/i.test(value.trim())
}

/** Whether the bot runs a command in the service's own container before a backup: a dump, by custom. */
export function hasDumpHook(service: ServiceFacts): boolean {
  return (labelsOf(service)[`${PREFIX}.pre-hook`] ?? '').trim() !== ''
}

/** The name that the compose file gives a volume: without the stack's prefix. */
export function shortName(services: readonly ServiceFacts[], volume: string): string {
  const stack = stackPrefix(services)
  return stack !== undefined && volume.startsWith(stack) ? volume.slice(stack.length) : volume
}

/** `<stack>_`, as the services' own full names show it. */
function stackPrefix(services: readonly ServiceFacts[]): string | undefined {
  const [first] = services
  return first?.fullName.slice(0, first.fullName.length - first.name.length)
}

/** The bot reads the labels of services; some recipes put them on the container. */
function labelsOf(service: ServiceFacts): Readonly<Record<string, string>> {
  return { ...service.containerLabels, ...service.labels }
}

function isFalse(value: string): boolean {
  return /^(false|0|no|off)$/i.test(value.trim())
}
