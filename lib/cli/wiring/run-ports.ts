import { join } from 'node:path'
import type { RunPorts } from '../../commands/run.js'
import { stackOf } from '../../domain/names.js'
import { engineWorld } from '../../janitor/engine-world.js'
import { tidyRuns } from '../../janitor/runs.js'
import { REAP_MS, sweep } from '../../janitor/sweep.js'
import { acquireAll } from '../../lock/acquire-all.js'
import { noteLockDir } from '../../lock/used-lock-dirs.js'
import { createPhases } from '../../run/phases.js'
import { prepare, type Prepared } from '../../run/prepare.js'
import { lintHead } from './run-lint.js'
import { leasePorts } from './run-lease.js'
import { noteOf } from './run-note.js'
import { makeRoom } from './run-room.js'
import { teardownPorts } from './run-teardown.js'
import { setUpBenches } from './run-bench.js'
import { wire, type RunParts, type RunWiring } from './run-wiring.js'

/** The ports of a run's story, over the real adapters. Throws AbsentFault for a missing guard, Docker or abra. */
export async function createRunPorts(parts: RunParts): Promise<RunPorts> {
  const wiring = await wire(parts)
  const { request, emit, host, reached } = wiring
  return {
    emit,
    phases: createPhases(emit, () => performance.now()),
    signal: host.lifetime.signal,
    sweep: () => sweepFirst(wiring),
    room: () => makeRoom(wiring),
    prepare: () => prepareRecipe(wiring),
    lint: prepared => lintHead(wiring, prepared),
    setUp: async prepared => {
      const benches = await setUpBenches(wiring, prepared)
      reached('images.pulled')
      return benches
    },
    lock: domains => lockAll(wiring, domains),
    ...leasePorts(request, reached),
    ...teardownPorts(wiring),
    counted: () => wiring.counter.count(),
  }
}

async function prepareRecipe(wiring: RunWiring): Promise<Prepared> {
  const { request, emit, git, folder, operatorMeta, abraDir, reached } = wiring
  const places = { dir: join(abraDir.recipes, request.recipe), keep: join(folder.path, 'kept') }
  const stack = stackOf(request.domain)
  const prepared = await prepare({ git, emit }, { request, stack, operatorMeta, ...places })
  reached('recipe.fetched')
  return prepared
}

async function sweepFirst({ request, host, engine, emit, reached }: RunWiring): Promise<void> {
  const { config, runId } = request
  const { domain: suffix, lockDir, stateDir, deadlineMs, runsDir, keepRuns, abraDir } = config
  const around = { emit, now: () => new Date(), dryRun: false }
  await sweep({
    ...around,
    ...{ suffix, lockDir, stateDir, deadlineMs, runId },
    world: engineWorld({ engine, abraDir, suffix, emit, limitMs: REAP_MS }),
    pid: host.pid,
    signal: host.lifetime.signal,
    // What is stuck is left for the next sweep: a run must not spend its deadline on others.
    sweepMs: deadlineMs / 4,
  })
  await tidyRuns({ ...around, runsDir, keepRuns })
  reached('janitor.swept')
}

async function lockAll(wiring: RunWiring, domains: Parameters<RunPorts['lock']>[0]): Promise<void> {
  const { request, host, run, emit, reached } = wiring
  const { config } = request
  const { signal } = host.lifetime
  await noteUse(wiring)
  const locks = await acquireAll(config.lockDir, domains, {
    run,
    env: host.env,
    signal,
    waitMs: config.deadlineMs,
    note: noteOf(request, host.pid),
    emit,
    reached,
  })
  wiring.locks.push(...locks)
}

/** For doctor: two lock dirs make runs blind to each other. A run goes on without. */
async function noteUse({ request, engine, emit }: RunWiring): Promise<void> {
  const { stateDir, lockDir, domain: suffix } = request.config
  await noteLockDir(stateDir, { engine: engine.name, suffix }, lockDir).catch((error: unknown) => {
    emit({
      type: 'run.warned',
      text: `Cannot note the lock dir in "${stateDir}": ${String(error)}`,
    })
  })
}
