import { writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Check } from '../domain/check.js'
import type { CrashPoint, Reached } from '../domain/crash-points.js'
import type { Emit } from '../domain/events.js'
import type { Tier } from '../domain/tiers.js'
import { makeFolder } from '../files/make-folder.js'
import type { RunProcess } from '../process/run-process.js'
import type { CustomFile, Customisation } from '../recipe/customisation.js'
import { readEnvLines } from '../recipe/env-lines.js'
import type { DependencyFacts } from './dependency.js'
import { neededDependency } from './needed-dependency.js'
import { executableEnv, runExecutable, type ExecutableFacts } from './executable.js'
import type { HookName, HooksPort, OpFacts } from './ports.js'

/** What hooks and tests are told besides the op they run beside. */
type HookFacts = Omit<ExecutableFacts, 'contextFile'> & {
  readonly versions: { readonly base: string | null; readonly head: string | null }
  /** Names of the services of the stack, asked for at each call. */
  readonly services: () => Promise<readonly string[]>
  /** Dependencies by name, as far as they are known by now. */
  readonly deps: () => Readonly<Record<string, DependencyFacts>>
}

export type HookOptions = {
  readonly run: RunProcess
  readonly customisation: Customisation
  readonly facts: HookFacts
  /** The filtered environment of the harness, without secrets. */
  readonly env: Record<string, string>
  readonly logDir: string
  readonly signal: AbortSignal
  readonly emit: Emit
  readonly reached: Reached
}

const TAIL_LINES = 15

/** The hooks and tests of one app, run one after the other, each told about the run in a context file of its own. */
export function appHooks(options: HookOptions): HooksPort {
  const { customisation } = options
  let calls = 0
  const runFile = async (file: CustomFile, beside: Beside) => {
    calls += 1
    return runOne(options, file, { ...beside, call: calls })
  }
  const each = async (files: readonly CustomFile[], beside: Beside): Promise<Check[]> => {
    const checks: Check[] = []
    for (const file of files) checks.push(...(await runFile(file, beside)).checks)
    return checks
  }
  const hookFile = (name: HookName): readonly CustomFile[] => {
    const file = customisation.hooks[name]
    return file === undefined ? [] : [file]
  }
  return {
    has: name => customisation.hooks[name] !== undefined,
    hook: (name, op) => each(hookFile(name), { op, proves: PROVING.has(name) }),
    installSteps: () =>
      each(customisation.installSteps ? [customisation.installSteps] : [], {
        op: null,
        point: 'steps.sent',
      }),
    extraEnv: async () => {
      const file = customisation.hooks.extra_env
      if (file === undefined) return { env: {}, checks: [] }
      const { stdout, checks } = await runFile(file, { op: null })
      const { env, bad } = readEnvLines(stdout)
      return { env, checks: [...checks, ...bad.map(why => badLine(file.name, why))] }
    },
    tests: (tier, op) =>
      each(testsOf(customisation, tier), {
        op,
        proves: true,
        ...(tier === 'custom' ? { point: 'custom.sent' } : {}),
      }),
  }
}

/** Hooks that say yes or no; the others prepare something, and may have nothing to do. */
const PROVING: ReadonlySet<HookName> = new Set(['backup_verify', 'ready_probe'])

function badLine(file: string, why: string): Check {
  const detail = `it printed a line that is no KEY=value line: ${why.slice(0, 200)}`
  return blame({ name: file, status: 'fail', ms: 0, detail })
}

function testsOf({ tests, custom }: Customisation, tier: Tier): readonly CustomFile[] {
  return tier === 'custom' ? [...tests.custom, ...custom] : tests[tier]
}

/** What a file is run beside, the crash point it is worth, and whether its end is taken for a proof. */
type Beside = {
  readonly op: OpFacts | null
  readonly point?: CrashPoint
  readonly proves?: boolean
}

type Call = Beside & { readonly call: number }

async function runOne(
  options: HookOptions,
  file: CustomFile,
  { op, call, point, proves = false }: Call,
): Promise<{ checks: readonly Check[]; stdout: string }> {
  const { facts, emit, logDir, signal, reached } = options
  const name = `${String(call).padStart(2, '0')}-${basename(file.path)}`
  await makeFolder(logDir)
  const contextFile = join(logDir, `${name}.context.json`)
  await writeFile(contextFile, await contextJson(facts, op), { mode: 0o600 })
  emit({ type: 'op.started', op: file.name })
  const env = executableEnv(options.env, { ...facts, contextFile })
  const logFile = join(logDir, `${name}.log`)
  const { outcome, checks } = await runExecutable(options.run, {
    path: file.path,
    env,
    logFile,
    signal,
    proves,
    begun: () => {
      if (point !== undefined) reached(point)
    },
  })
  signal.throwIfAborted()
  emit({ type: 'op.done', op: file.name, ms: outcome?.ms ?? 0, detail: '' })
  if (outcome !== undefined && checks.some(check => check.status === 'fail'))
    emit({ type: 'log.tailed', what: file.name, lines: tail(`${outcome.stdout}${outcome.stderr}`) })
  for (const check of checks) tellUnmet(check, options)
  return { checks: checks.map(blame), stdout: outcome?.stdout ?? '' }
}

// A test that skips for want of a dependency has proven nothing about it.
function tellUnmet(check: Check, { facts, emit }: HookOptions): void {
  const recipe = neededDependency(check, Object.keys(facts.deps()))
  if (recipe === undefined) return
  const reason = `test "${check.name}" needs it and was skipped: ${check.detail}`
  emit({ type: 'dependency.unverified', recipe, reason })
}

function blame(check: Check): Check {
  if (check.status !== 'fail' || check.cause !== undefined) return check
  const sentence = `Test "${check.name}" failed: ${check.detail}`
  const fix =
    'See the log of the test in the run folder, then run it again with --stages install,custom'
  return { ...check, cause: { class: 'test_failed', sentence, evidence: check.detail, fix } }
}

function tail(text: string): string[] {
  return text.trimEnd().split('\n').slice(-TAIL_LINES)
}

/** What `$RECIPE_CI_CONTEXT` names: names and fields only ever grow. */
async function contextJson(facts: HookFacts, op: OpFacts | null): Promise<string> {
  const context = {
    schema: 1,
    recipe: facts.recipe,
    domain: facts.domain,
    baseUrl: `https://${facts.domain}`,
    gateway: facts.gateway,
    caFile: facts.ca ?? null,
    stack: facts.stack,
    services: await facts.services(),
    recipeDir: facts.recipeDir,
    runDir: facts.runDir,
    op,
    versions: facts.versions,
    deps: facts.deps(),
  }
  return `${JSON.stringify(context, null, 2)}\n`
}
