import { setTimeout as sleep } from 'node:timers/promises'
import type { AppDomain } from '../domain/names.js'
import { PROOF_GAP_MS } from '../swarm/census.js'
import { lookAt, type Looking } from './look.js'
import { namesOnDisk } from './names-on-disk.js'
import { knowing, letGo, suspectOf, type Suspect } from './suspect.js'
import type { World } from './world.js'

export type SurveyOptions = Looking & {
  readonly suffix: string
  readonly world: World
  /** Aborted: suspects that were not looked at yet are told as such. */
  readonly outOfTime: AbortSignal
}

/** How many stale lockfiles are held at once while the Engine is asked about all of them together. */
const BATCH = 128

/**
 * Every domain that might be an orphan, one at a time, with its evidence. A suspect is valid until the next one is asked
 * for; then its lock is let go. Names outside the pattern are never probed. Throws when apps cannot be listed.
 */
export async function* survey(options: SurveyOptions): AsyncGenerator<Suspect> {
  const { locked, leased } = await namesOnDisk(options)
  const toCount = new Set([...leased.runApps].filter(domain => !locked.runApps.has(domain)))
  const others = new Set([...locked.others, ...leased.others])
  for (const batch of batches([...locked.runApps].sort())) {
    yield* surveyBatch(batch, { options, toCount, others })
  }
  for (const domain of [...toCount].sort()) {
    const suspect = await lookAndCount(domain, options)
    try {
      yield suspect
    } finally {
      letGo([suspect])
    }
  }
  for (const domain of [...others].sort()) yield suspectOf(domain, { name: 'protected' })
}

type Found = {
  readonly options: SurveyOptions
  /** Gets the run apps that something belongs to. */
  readonly toCount: Set<AppDomain>
  readonly others: Set<string>
}

/**
 * Looks at many lockfiles first and lists the apps afterwards: whoever made an app before we won its lock is in the
 * listing, or in a second one a moment later, when the Engine finished a call of a run that was killed just now. So
 * two listings serve all the lockfiles without an app. Those with one are looked at again, each by itself: none waits
 * for the removal of another.
 */
async function* surveyBatch(batch: readonly AppDomain[], found: Found): AsyncGenerator<Suspect> {
  const { options, toCount } = found
  const looked = batch.map(domain => lookAt(domain, options))
  const stale = () =>
    looked.filter(({ domain, evidence }) => evidence.probe === 'won' && !toCount.has(domain))
  try {
    await list(found)
    if (stale().length > 0) {
      await sleep(PROOF_GAP_MS)
      await list(found)
    }
    for (const suspect of looked) {
      if (toCount.has(suspect.domain)) letGo([suspect])
      else yield knowing(suspect, { app: 'absent' })
    }
  } finally {
    letGo(looked)
  }
}

async function list({ options, toCount, others }: Found): Promise<void> {
  const listed = await options.world.domains()
  for (const domain of listed.runApps) toCount.add(domain)
  for (const domain of listed.others) others.add(domain)
}

async function lookAndCount(domain: AppDomain, options: SurveyOptions): Promise<Suspect> {
  if (options.outOfTime.aborted) return suspectOf(domain, {})
  const suspect = lookAt(domain, options)
  if (suspect.evidence.probe !== 'won') return suspect
  try {
    const app = (await options.world.count(domain)) > 0 ? 'present' : 'absent'
    return knowing(suspect, { app })
  } catch (error) {
    return { ...suspect, detail: error instanceof Error ? error.message : String(error) }
  }
}

/** At least one, if only an empty one. */
function batches(domains: readonly AppDomain[]): AppDomain[][] {
  const count = Math.max(1, Math.ceil(domains.length / BATCH))
  return Array.from({ length: count }, (_none, index) =>
    domains.slice(index * BATCH, (index + 1) * BATCH),
  )
}
