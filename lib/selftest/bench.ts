import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CrashPoint } from '../domain/crash-points.js'
import type { Env } from '../domain/env.js'
import { startBare, type BareEnd } from '../process/bare-child.js'
import { descendantsOf, stillAlive, withMark, type Alive } from './marked-processes.js'
import type { SmallRecipe } from './small-recipe.js'

/** What the self-test's children are started with. */
export type BenchOptions = {
  /** The program itself. */
  readonly program: string
  readonly env: Env
  readonly cwd: string
  readonly recipe: SmallRecipe
  readonly runsDir: string
  readonly pr: number
  readonly logDir: string
  readonly signal: AbortSignal
}

export type Ended = BareEnd & {
  /** Processes of it that lived on, though it was dead. */
  readonly survivors: readonly Alive[]
  readonly logFile: string
}

/** Starts runs and sweeps as a caller would, each in a process of its own. */
export type ChildBench = {
  readonly run: (id: string, args: readonly string[], crashAt?: CrashPoint) => Promise<Ended>
  readonly sweep: (id: string, options?: SweepOptions) => Promise<Ended>
}

type SweepOptions = {
  readonly crashAt?: CrashPoint | undefined
  readonly keepRuns?: number | undefined
  /** Goes on when the self-test is told to end. */
  readonly lasting?: boolean | undefined
}

/** A child may take this long. */
const LIMIT_MS = 300_000
/** After TERM: a teardown of an app this small is done long before. */
const TEARDOWN_MS = 120_000
/** How often a running child's family is looked at. */
const LOOK_MS = 150
/** How long the kernel and the guards may take to bring a dead process's children to an end. */
const SURVIVAL_MS = 1_000
/** How long a hook takes that must be at work when its harness dies. */
const LINGER_S = 5

/** What a build parameter or an operator's shell may say to a run of theirs, and must not say to ours. */
const FOREIGN =
  /^(RECIPE|REF|PR|SRC|STAGES|VERSION|DRONE.*|CI|CCCI_(QUICK|SKIP_.*|RUN_ID|FRESH_RESTORE|RECIPES_DIR|RUNS_DIR|KEEP_RUNS)|RECIPE_CI_(FORMAT|DETACHED|SUPERVISOR|CRASH_AT|CRASH_LOG))$/

export function childBench(options: BenchOptions): ChildBench {
  const { recipe, runsDir, pr } = options
  const places = ['--runs-dir', runsDir]
  mkdirSync(options.logDir, { recursive: true })
  return {
    run: (id, args, crashAt) => {
      const from = ['--src', recipe.repo, '--pr', String(pr), '--recipes-dir', recipe.recipesDir]
      const words = ['run', recipe.name, '--run-id', id, ...from, ...places, ...args]
      return perform(options, { id, words, crashAt })
    },
    sweep: (id, { crashAt, keepRuns, lasting } = {}) =>
      perform(options, { id, words: ['janitor', ...places], crashAt, keepRuns, lasting }),
  }
}

type Act = SweepOptions & { readonly id: string; readonly words: readonly string[] }

async function perform(options: BenchOptions, act: Act): Promise<Ended> {
  const { program, cwd, logDir, signal } = options
  const logFile = join(logDir, `${act.id}.log`)
  const mark = `RECIPE_CI_SELFTEST=${act.id}`
  const env = envOf(options, act)
  const child = await startBare({ argv: [program, ...act.words], env, cwd, logFile })
  const stop = (): void => {
    child.kill('SIGTERM')
  }
  const over = new AbortController()
  const limits = limitsOf(child.kill, over.signal)
  if (act.lasting !== true) signal.addEventListener('abort', stop, { once: true })
  if (act.lasting !== true && signal.aborted) stop()
  const family = watchFamily(child.pid, over.signal)
  try {
    const end = await child.ended
    over.abort()
    return { ...end, logFile, survivors: await survivorsOf(mark, await family) }
  } finally {
    over.abort()
    signal.removeEventListener('abort', stop)
    await limits
  }
}

function envOf({ env }: BenchOptions, { id, crashAt, keepRuns }: Act): Env {
  const kept = Object.entries(env).filter(([name]) => !FOREIGN.test(name))
  return {
    ...Object.fromEntries(kept),
    RECIPE_CI_SELFTEST: id,
    RECIPE_CI_SELFTEST_LINGER: crashAt?.endsWith('.sent') === true ? String(LINGER_S) : '0',
    ...(crashAt === undefined ? {} : { RECIPE_CI_CRASH_AT: crashAt }),
    ...(keepRuns === undefined ? {} : { CCCI_KEEP_RUNS: String(keepRuns) }),
  }
}

async function limitsOf(kill: (signal: NodeJS.Signals) => void, over: AbortSignal): Promise<void> {
  try {
    await sleep(LIMIT_MS, undefined, { signal: over })
    kill('SIGTERM')
    await sleep(TEARDOWN_MS, undefined, { signal: over })
    kill('SIGKILL')
  } catch {
    // It is over.
  }
}

/** Everything that was ever seen to descend from a process: also what leaves its environment behind. */
async function watchFamily(pid: number | undefined, over: AbortSignal): Promise<readonly Alive[]> {
  const seen = new Map<string, Alive>()
  while (pid !== undefined && !over.aborted) {
    for (const each of await descendantsOf(pid)) seen.set(`${each.pid} ${each.started}`, each)
    await sleep(LOOK_MS, undefined, { signal: over }).catch(() => undefined)
  }
  return [...seen.values()]
}

async function survivorsOf(mark: string, family: readonly Alive[]): Promise<readonly Alive[]> {
  const until = performance.now() + SURVIVAL_MS
  for (;;) {
    const living = [...(await stillAlive(family)), ...(await withMark(mark))]
    const left = [...new Map(living.map(each => [each.pid, each])).values()]
    if (left.length === 0 || performance.now() > until) return left
    await sleep(20)
  }
}
