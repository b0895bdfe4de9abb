import { CAUSE_EXIT, type Cause, type CauseClass } from '../domain/cause.js'
import type { Emit } from '../domain/events.js'
import type { PullOutcome } from '../swarm/pull.js'

export type ImagePorts = {
  /** Pulls an image unless it is on the host. */
  readonly pull: (image: string) => Promise<PullOutcome>
  readonly emit: Emit
}

const FIX: Partial<Record<CauseClass, string>> = {
  pull_limited: 'Log in to the registry, or wait until its limit is lifted, then run again',
  registry_down: 'Check that this host reaches the registry, then run again',
  disk_full: 'Free disk space on the host, then run again',
}

/** What an unset variable leaves of a reference: a name, tag or digest without its beginning. */
const HALF = /^(?!\w)|[:@/](?!\w)/

/**
 * Pulls the images that are not on the host yet, so that pulling never counts against a deploy's own time.
 * Half a reference is not asked for: what is deployed may fill it in.
 *
 * @returns why each image that is still absent could not be had; nothing about images that are present.
 */
export async function pullMissing(
  { pull, emit }: ImagePorts,
  images: readonly string[],
): Promise<ReadonlyMap<string, Cause>> {
  const failed = new Map<string, Cause>()
  for (const image of new Set(images.filter(each => !HALF.test(each)))) {
    const { outcome, ms, detail, class: found } = await pull(image)
    emit({ type: 'image.pulled', image, outcome, ms, detail })
    if (outcome === 'failed') failed.set(image, missingImage(image, detail, found))
  }
  return failed
}

function missingImage(image: string, evidence: string, found: CauseClass | undefined): Cause {
  const named = found ?? 'image_missing'
  return {
    class: named,
    sentence: `Image "${image}" is not on this host and cannot be pulled: ${evidence}`,
    evidence,
    fix: FIX[named] ?? 'Point the recipe at an image and tag that exist',
  }
}

/** The first image of a list that could not be had; what says "we could not test" comes first. */
export function firstMissing(
  failed: ReadonlyMap<string, Cause>,
  images: readonly string[],
): Cause | undefined {
  const causes = images.flatMap(image => failed.get(image) ?? [])
  return causes.find(cause => CAUSE_EXIT[cause.class] === 1) ?? causes[0]
}
