import { join } from 'node:path'
import { createAbra, type Abra } from '../../abra/abra.js'
import type { Reached } from '../../domain/crash-points.js'
import type { Emit } from '../../domain/events.js'
import type { RunRequest } from '../../domain/request.js'
import { AbsentFault } from '../../errors.js'
import { createGit, type Git } from '../../git/git.js'
import type { AppLock } from '../../lock/app-lock.js'
import { createTrust, type Trust } from '../../health/trust.js'
import { findGuard } from '../../process/guard.js'
import { createProcessRunner, type RunProcess } from '../../process/run-process.js'
import { createAbraDir, type AbraDir } from '../../recipe/abra-dir.js'
import type { MetaLayer } from '../../recipe/meta.js'
import type { RecipeTree } from '../../recipe/tree.js'
import type { Mask } from '../../report/mask.js'
import type { DependencyFacts } from '../../run/dependency.js'
import { createDeployCounter, type DeployCounter } from '../../run/deploy-counter.js'
import type { RunFolder } from '../../run/run-folder.js'
import { connectEngine, type Engine } from '../../swarm/engine.js'
import type { Host } from '../host.js'

/** What the composition of a run is made of. */
export type RunParts = {
  readonly request: RunRequest
  readonly host: Host
  readonly mask: Mask
  readonly folder: RunFolder
  readonly operatorMeta: MetaLayer | undefined
  readonly emit: Emit
}

/** The adapters of one run, wired. */
export type RunWiring = RunParts & {
  readonly run: RunProcess
  readonly engine: Engine
  readonly git: Git
  readonly abraDir: AbraDir
  readonly abra: Abra
  /** For the teardown: nothing ends it early. */
  readonly lastingAbra: Abra
  readonly counter: DeployCounter
  /** Held until the process ends: one that is dropped would be let go. */
  readonly locks: AppLock[]
  /** abra for one app, whose checkout may have to be made clean. */
  readonly abraFor: (tree: Pick<RecipeTree, 'pristine'>) => Promise<Abra>
  readonly trust: Trust
  /** What is known of the dependencies by now, by recipe, in the order in which they were deployed. */
  readonly dependencies: Map<string, DependencyFacts>
  readonly reached: Reached
}

/** Builds the real adapters of a run. Throws AbsentFault for a missing guard, Docker or abra. */
export async function wire(parts: RunParts): Promise<RunWiring> {
  const { request, host, mask, folder, emit } = parts
  const { env, lifetime } = host
  const { config } = request
  const guard = await findGuard(env, host.installDir)
  const run = createProcessRunner({ guard, mask: mask.mask, emit })
  const engine = await connectEngine(env)
  const git = createGit({ run, env, signal: lifetime.signal })
  const abraDir = await createAbraDir(config.abraDir, join(folder.path, 'abra'))
  host.reached('abra-dir.made')
  if (abraDir.missing.includes('servers'))
    throw new AbsentFault(
      `Cannot use abra: no folder "servers" in "${config.abraDir}"`,
      'Run "abra server add --local" as this user, or set ABRA_DIR to the folder of abra',
    )
  const abraOptions = {
    run,
    env,
    emit,
    abraDir: abraDir.path,
    server: config.server,
    logDir: folder.logs,
    stateDir: config.stateDir,
    addSecret: mask.add,
  }
  const abra = await createAbra({ ...abraOptions, signal: lifetime.signal })
  const { facts } = abra
  const lastingAbra = await createAbra({ ...abraOptions, facts })
  const abraFor: RunWiring['abraFor'] = tree =>
    createAbra({ ...abraOptions, signal: lifetime.signal, facts, tidyTree: tree.pristine })
  const counter = createDeployCounter(folder.path)
  const trust = createTrust(config.ca)
  const tools = { run, engine, git, abraDir, abra, abraFor, lastingAbra, counter, trust }
  return { ...parts, ...tools, locks: [], dependencies: new Map(), reached: host.reached }
}
