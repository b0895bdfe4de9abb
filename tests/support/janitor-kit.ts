import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import type { HappeningBody } from '../../lib/domain/events.js'
import type { AppDomain } from '../../lib/domain/names.js'
import { sweep, type SweepOptions, type SweepRow } from '../../lib/janitor/sweep.js'
import { appLockName } from '../../lib/lock/app-lock.js'
import { startActor, type Actor } from './actors.js'
import { fileWorld, SUFFIX } from './file-world.js'

/** A host of folders: apps, locks and state. */
export type Stage = {
  readonly dir: string
  readonly lockDir: string
  readonly stateDir: string
  readonly lockPath: (domain: string) => string
  readonly addApp: (...domains: readonly string[]) => void
  readonly addLockfile: (...domains: readonly string[]) => void
  readonly apps: () => string[]
  readonly lockfiles: () => string[]
  /** Domains that were taken down, in order. */
  readonly reaped: () => string[]
  /** Lets removals that take long end now. */
  readonly go: () => void
}

export function stage(t: Test): Stage {
  const dir = t.testdir({ apps: {}, locks: {}, state: {}, reaped: '' })
  const lockDir = join(dir, 'locks')
  const lockPath = (domain: string) => join(lockDir, appLockName(domain))
  return {
    dir,
    lockDir,
    stateDir: join(dir, 'state'),
    lockPath,
    addApp: (...domains) => {
      for (const domain of domains) writeFileSync(join(dir, 'apps', domain), '')
    },
    addLockfile: (...domains) => {
      for (const domain of domains) writeFileSync(lockPath(domain), '')
    },
    apps: () => readdirSync(join(dir, 'apps')),
    lockfiles: () => readdirSync(lockDir).sort(),
    reaped: () => readFileSync(join(dir, 'reaped'), 'utf8').split('\n').filter(Boolean),
    go: () => {
      writeFileSync(join(dir, 'go'), '')
    },
  }
}

export function addLease({ stateDir }: Stage, domain: string, text: string): string {
  const folder = join(stateDir, 'leases')
  mkdirSync(folder, { recursive: true })
  const path = join(folder, `${domain}.json`)
  writeFileSync(path, text)
  return path
}

/** The n-th run app of the stage's suffix. */
export function appDomain(number: number): AppDomain {
  return `site-${number.toString(16).padStart(6, '0')}.${SUFFIX}` as AppDomain
}

/** Sweeps in this process. */
export async function sweepStage(
  { dir, lockDir, stateDir }: Stage,
  options: Partial<SweepOptions> = {},
): Promise<{ rows: SweepRow[]; said: HappeningBody[] }> {
  const said: HappeningBody[] = []
  const rows = await sweep({
    suffix: SUFFIX,
    lockDir,
    stateDir,
    deadlineMs: 3_600_000,
    world: fileWorld(dir),
    dryRun: false,
    runId: 'janitor',
    pid: process.pid,
    emit: happening => void said.push(happening),
    now: () => new Date(),
    signal: new AbortController().signal,
    ...options,
  })
  return { rows, said }
}

/** A run that lives and holds its lock. */
export async function startRun(t: Test, { lockDir }: Stage, domain: string): Promise<Actor> {
  const run = startActor(t, 'lock-actor.ts', ['hold', lockDir, domain])
  await run.said('lock.acquired')
  return run
}

/** A janitor in a process of its own. */
export function startJanitor(t: Test, { dir }: Stage, slowMs = 0): Actor {
  return startActor(t, 'janitor-actor.ts', [dir, String(slowMs)])
}
