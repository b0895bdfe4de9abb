import { janitor } from '../../commands/janitor.js'
import type { Reached, Removed } from '../../domain/crash-points.js'
import type { HappeningBody } from '../../domain/events.js'
import type { JanitorRequest } from '../../domain/request.js'
import type { ExitCode } from '../../errors.js'
import { engineDomains, type Looked } from '../../janitor/engine-domains.js'
import { glance } from '../../janitor/glance.js'
import { lookAtRuns } from '../../janitor/run-folders.js'
import type { RunRow, RunsOptions } from '../../janitor/runs.js'
import type { SweepOptions, SweepRow } from '../../janitor/sweep.js'
import { connectEngine } from '../../swarm/engine.js'
import type { Host } from '../host.js'
import { printer } from './printer.js'

/** `recipe-ci janitor`: Docker and the lock folder, no abra; warnings go to stderr. */
export async function performJanitor(request: JanitorRequest, host: Host): Promise<ExitCode> {
  const { env, lifetime, pid, stdout, stderr, reached } = host
  const { config } = request
  lifetime.arm(config.deadlineMs, config.teardownMs)
  const plain = (text: string): string => text
  const say = printer(stderr, plain)
  const emit = (happening: HappeningBody): void => {
    if (happening.type === 'run.warned') say(`recipe-ci: warning: ${happening.text}`)
    if (happening.type === 'janitor.stuck')
      say(`recipe-ci: cannot remove ${happening.domain}: ${happening.error}`)
  }
  const engine = await connectEngine(env)
  const looked = { engine, abraDir: config.abraDir, suffix: config.domain }
  try {
    return await janitor(request, {
      sweep: options => sweepOnce(looked, { ...options, reached }),
      tidyRuns: options => tidyOnce({ ...options, reached }),
      emit,
      pid,
      stdout: text => {
        stdout.write(text)
      },
      now: () => new Date(),
      signal: lifetime.signal,
    })
  } finally {
    engine.close()
  }
}

/** What a sweep works with is loaded when there is a suspect, all of it and before any lock is asked for. */
async function sweepOnce(
  looked: Looked,
  options: Omit<SweepOptions, 'world'> & { readonly reached: Reached },
): Promise<readonly SweepRow[]> {
  const nothing = await glance({ ...options, domains: () => engineDomains(looked) })
  if (nothing !== undefined) return nothing
  const [{ sweep, REAP_MS }, { engineWorld }] = await Promise.all([
    import('../../janitor/sweep.js'),
    import('../../janitor/engine-world.js'),
  ])
  const { emit, reached } = options
  const removed = (what: Removed): void => {
    if (what !== 'sent') reached(`reap.${what}`)
  }
  const world = engineWorld({ ...looked, limitMs: REAP_MS, emit, removed })
  return sweep({ ...options, world })
}

async function tidyOnce(options: RunsOptions): Promise<readonly RunRow[]> {
  const folders = Object.values(await lookAtRuns(options))
  if (folders.every(names => names.length === 0)) return []
  const { tidyRuns } = await import('../../janitor/runs.js')
  return tidyRuns(options)
}
