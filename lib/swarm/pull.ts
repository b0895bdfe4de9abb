import type { CauseClass } from '../domain/cause.js'
import { classOfPullError } from './doomed-signatures.js'
import { isAbsent, EngineFault, type Engine } from './engine.js'

/** How an image came to be on the host, or did not. */
export type PullOutcome = {
  readonly image: string
  readonly outcome: 'present' | 'pulled' | 'failed'
  readonly ms: number
  /** The registry's or the Engine's words for a failure. */
  readonly detail: string
  /** Only of a failure. */
  readonly class: CauseClass | undefined
}

/**
 * Pulls an image unless it is on the host. Never throws for a registry or an image: a failure is an outcome. An
 * aborted `signal` rejects with its reason.
 */
export async function ensureImage(
  engine: Engine,
  image: string,
  options: { readonly deadlineMs: number; readonly signal?: AbortSignal; readonly auth?: string },
): Promise<PullOutcome> {
  const started = performance.now()
  const done = (outcome: PullOutcome['outcome'], detail = ''): PullOutcome => ({
    image,
    outcome,
    ms: Math.round(performance.now() - started),
    detail,
    class: outcome === 'failed' ? classOfPullError(detail) : undefined,
  })
  try {
    if (await isPresent(engine, image, options.signal)) return done('present')
    const problem = await engine.pull(withTag(image), options)
    return problem === undefined ? done('pulled') : done('failed', problem)
  } catch (error) {
    if (error instanceof EngineFault) return done('failed', error.why)
    throw error
  }
}

async function isPresent(engine: Engine, image: string, signal?: AbortSignal): Promise<boolean> {
  try {
    await engine.get(`/images/${image}/json`, { signal })
    return true
  } catch (error) {
    if (isAbsent(error)) return false
    throw error
  }
}

/** Without a tag the Engine would pull every tag of a repository. */
function withTag(image: string): string {
  const last = image.slice(image.lastIndexOf('/') + 1)
  return last.includes(':') || last.includes('@') ? image : `${image}:latest`
}
