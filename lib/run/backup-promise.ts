import type { StackName } from '../domain/names.js'

type Labelled = {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly containerLabels: Readonly<Record<string, string>>
  readonly mounts: readonly { readonly volume: string; readonly target: string }[]
}

/** What the labels say a snapshot will hold of one volume. */
export type PromisedVolume = {
  /** As Docker names it. */
  readonly volume: string
  /** Empty: the whole volume; else the only paths, relative to its root. */
  readonly paths: readonly string[]
}

/** True when a deployed service carries `backupbot.backup=true`. */
export function backupCapable(services: readonly Labelled[]): boolean {
  return services.some(service => isOn(labelOf(service, 'backupbot.backup')))
}

/** The volumes that the labels promise to back up, whole or in part; a volume set to `false` is left out. */
export function promisedVolumes(
  stack: StackName,
  services: readonly Labelled[],
): readonly PromisedVolume[] {
  const found = new Map<string, PromisedVolume>()
  for (const service of services.filter(each => isOn(labelOf(each, 'backupbot.backup'))))
    for (const { volume } of service.mounts) {
      const short = volume.startsWith(`${stack}_`) ? volume.slice(stack.length + 1) : volume
      const rule = (suffix: string): string | undefined =>
        services
          .map(each => labelOf(each, `backupbot.backup.volumes.${short}${suffix}`))
          .find(value => value !== undefined)
      if (rule('')?.toLowerCase() === 'false') continue
      found.set(volume, { volume, paths: pathList(rule('.path')) })
    }
  return [...found.values()]
}

function pathList(value: string | undefined): readonly string[] {
  return (value ?? '')
    .split(',')
    .map(path => path.trim().replace(/^\/+/, ''))
    .filter(path => path !== '')
}

function labelOf(service: Labelled, name: string): string | undefined {
  return service.labels[name] ?? service.containerLabels[name]
}

function isOn(value: string | undefined): boolean {
  return value !== undefined && /^(true|1|yes)$/i.test(value.trim())
}
