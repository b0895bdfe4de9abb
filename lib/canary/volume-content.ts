import type { MountFacts } from '../domain/stack-facts.js'

const IN_MEMORY = new Set(['tmpfs', 'ramfs'])

/**
 * Why the Engine does not keep what lies in a volume; undefined: it does, and removes it with the volume. Options of the
 * driver can put the content into a folder of the host or of another one: it is not ours, whatever the volume is called,
 * and it stays when the volume goes. A volume in memory is ours, and empty again after each update: what is lost from it
 * is no loss.
 */
export function contentElsewhere({ driver }: Pick<MountFacts, 'driver'>): string | undefined {
  if (driver === undefined) return undefined
  const { type = '', device = '' } = driver.options
  if (driver.name !== '' && driver.name !== 'local') {
    return `its content is kept by the volume driver "${driver.name}", outside of the Engine`
  }
  if (IN_MEMORY.has(type)) return `its content lies in memory (${type}): it is not kept`
  return device === '' ? undefined : `its content lies outside of the Engine, at "${device}"`
}
