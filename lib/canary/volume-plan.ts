import type { Meta } from '../domain/meta.js'
import type { ServiceFacts } from '../domain/stack-facts.js'
import { shortName } from '../backup/promise.js'
import { contentElsewhere } from './volume-content.js'

/** One place where a volume is mounted. */
type VolumeMount = {
  readonly service: string
  readonly target: string
  readonly readOnly: boolean
}

/** A named volume of a stack, and whether a file canary may lie in it. */
export type VolumePlan = {
  /** Full name: `<stack>_<volume>`. */
  readonly volume: string
  /** As the compose file calls it. */
  readonly short: string
  readonly mounts: readonly VolumeMount[]
  /** Why no canary may be placed; undefined: one may. */
  readonly refused: string | undefined
}

/** Folders that some program reads file by file: a stray file there could break the app. */
const READ_FILE_BY_FILE = new Set(['conf.d', 'plugins', 'modules', 'hooks.d'])

export const READ_ONLY = 'all its mounts are read-only'

/** One plan per named volume, not per mount. */
export function planVolumes(
  services: readonly ServiceFacts[],
  skips: Meta['canary'],
): readonly VolumePlan[] {
  const volumes = new Map<string, VolumeMount[]>()
  const elsewhere = new Map<string, string | undefined>()
  for (const service of services) {
    for (const { volume, target, readOnly, driver } of service.mounts) {
      const mounts = volumes.get(volume) ?? []
      volumes.set(volume, [...mounts, { service: service.name, target, readOnly }])
      elsewhere.set(volume, elsewhere.get(volume) ?? contentElsewhere({ driver }))
    }
  }
  return [...volumes].map(([volume, mounts]) => {
    const short = shortName(services, volume)
    const skip = skips[short] ?? skips[volume]
    const refused = skip?.skip ?? elsewhere.get(volume) ?? refusal({ volume, short, mounts })
    return { volume, short, mounts, refused }
  })
}

function refusal({ volume, short, mounts }: Omit<VolumePlan, 'refused'>): string | undefined {
  if (short === volume) return "the volume does not carry the stack's name: it may be shared"
  if (mounts.every(mount => mount.readOnly)) return READ_ONLY
  const ends = mounts.map(mount => mount.target.replace(/\/+$/, '').split('/').at(-1) ?? '')
  if (ends.every(end => READ_FILE_BY_FILE.has(end))) {
    return `a program reads "${ends[0] ?? ''}" file by file: a stray file could break it`
  }
  return undefined
}
