import { join } from 'node:path'
import type { RunPorts } from '../commands/run.js'
import { stackOf } from '../domain/names.js'
import type { RunRequest } from '../domain/request.js'
import { engineWorld } from '../janitor/engine-world.js'
import { LEASE_MS, readLease, removeLease, writeLease } from '../janitor/lease.js'
import { tidyRuns } from '../janitor/runs.js'
import { REAP_MS, sweep } from '../janitor/sweep.js'
import { acquireAll } from '../lock/acquire-all.js'
import { createPhases } from '../run/phases.js'
import { prepare, type Prepared } from '../run/prepare.js'
import { provenLeft } from '../swarm/census.js'
import { takeDown } from '../swarm/take-down.js'
import { lintHead } from './run-lint.js'
import { noteOf } from './run-note.js'
import { setUpBench } from './run-bench.js'
import { wire, type RunParts, type RunWiring } from './run-wiring.js'

/** The ports of a run's story, over the real adapters. Throws AbsentFault for a missing guard, Docker or abra. */
export async function createRunPorts(parts: RunParts): Promise<RunPorts> {
  const wiring = await wire(parts)
  const { request, emit, host } = wiring
  return {
    emit,
    phases: createPhases(emit, () => performance.now()),
    signal: host.lifetime.signal,
    sweep: () => sweepFirst(wiring),
    prepare: () => prepareRecipe(wiring),
    lint: prepared => lintHead(wiring, prepared),
    setUp: prepared => setUpBench(wiring, prepared),
    lock: domains => lockAll(wiring, domains),
    ...leasePorts(request),
    clear: () => clear(wiring),
    tearDown: async (_, why) => {
      // A lockfile without an app is nothing but work for the next sweep. The lock itself goes with the process.
      if (await remove(wiring, why)) for (const lock of wiring.locks) lock.unlink()
    },
    counted: () => wiring.counter.count(),
  }
}

async function prepareRecipe(wiring: RunWiring): Promise<Prepared> {
  const { request, emit, git, folder, operatorMeta, abraDir } = wiring
  const places = { dir: join(abraDir.recipes, request.recipe), keep: join(folder.path, 'kept') }
  const stack = stackOf(request.domain)
  const prepared = await prepare({ git, emit }, { request, stack, operatorMeta, ...places })
  wiring.tree.current = prepared.fetched.tree
  return prepared
}

function leasePorts({
  config,
  domain,
  runId,
}: RunRequest): Pick<RunPorts, 'kept' | 'dropLease' | 'lease'> {
  const { stateDir } = config
  return {
    kept: () => {
      const reading = readLease(stateDir, domain, new Date())
      if (reading.state === 'unreadable') return { until: new Date(0), runId: reading.why }
      return reading.state === 'active' ? reading.lease : undefined
    },
    dropLease: () => removeLease(stateDir, domain),
    lease: async () => {
      const until = new Date(Date.now() + LEASE_MS)
      await writeLease(stateDir, domain, { runId, until })
      return until
    },
  }
}

async function clear(wiring: RunWiring): Promise<void> {
  const { engine, request } = wiring
  const { config, domain } = request
  const left = await provenLeft({ engine, abraDir: config.abraDir, domain })
  if (left.length > 0) await remove(wiring, 'a run before this one left it')
}

async function sweepFirst({ request, host, engine, emit }: RunWiring): Promise<void> {
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
}

async function lockAll(wiring: RunWiring, domains: Parameters<RunPorts['lock']>[0]): Promise<void> {
  const { request, host, run, emit } = wiring
  const { config } = request
  const { signal } = host.lifetime
  const locks = await acquireAll(config.lockDir, domains, {
    run,
    env: host.env,
    signal,
    waitMs: config.deadlineMs,
    note: noteOf(request, host.pid),
    emit,
  })
  wiring.locks.push(...locks)
}

/** Resolves to whether nothing is left. */
async function remove(wiring: RunWiring, why: string): Promise<boolean> {
  const { engine, request, emit, lastingAbra } = wiring
  const { domain, config } = request
  const { clean } = await takeDown({
    engine,
    abraDir: config.abraDir,
    domain,
    emit,
    why,
    budgetMs: config.teardownMs,
    abra: lastingAbra.removals(domain),
  })
  return clean
}
