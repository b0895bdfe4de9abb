import { access, constants } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import type { Check } from '../domain/check.js'
import { errnoOf } from '../domain/errno.js'
import { readBeginning } from '../files/read-beginning.js'
import type { Outcome, RunProcess } from '../process/run-process.js'
import { readPytest } from './pytest-output.js'
import { isTap, readTap } from './tap-output.js'

/** A hook or test may take this long. */
const EXECUTABLE_LIMIT_MS = 300_000
/** The exit code by which a test says that it was skipped; its last line is the reason. */
const SKIPPED = 77

/** From Node 23 on, `node:test` writes for people unless it is told otherwise. */
const NODE = ['node', '--test-reporter=tap'] as const

/** What the operator's shell asks of its own pytest must not change what is read here. */
const PLAIN_PYTEST = { PYTEST_ADDOPTS: '' }

/** How a file is run, or why it can not be. */
type Runner =
  | { readonly argv: readonly [string, ...string[]]; readonly output: 'plain' | 'pytest' }
  | { readonly missing: string }

export type ExecutableRequest = {
  readonly path: string
  readonly env: Record<string, string>
  readonly logFile: string
  readonly signal: AbortSignal
  readonly begun?: (() => void) | undefined
  /** What it ends with is taken for a proof: a file with nothing to run in it is none. */
  readonly proves?: boolean
}

/** What a hook or test did: its outcome (undefined when nothing could run it) and what that proves. */
export type ExecutableResult = {
  readonly outcome: Outcome | undefined
  readonly checks: readonly Check[]
}

/** Runs one executable of a recipe and turns what it did into checks. Never throws for a bad test. */
export async function runExecutable(
  run: RunProcess,
  request: ExecutableRequest,
): Promise<ExecutableResult> {
  const name = basename(request.path)
  const text = beginningOf(request.path)
  if (typeof text !== 'string') return unrun(name, `it cannot be read: ${text.code}`)
  const runner = await runnerFor(request.path, text)
  if ('missing' in runner) return unrun(name, runner.missing)
  if (request.proves === true && isHollow(text)) return unrun(name, 'there is nothing to run in it')
  const outcome = await run({
    argv: runner.argv,
    env: { ...request.env, ...(runner.output === 'pytest' ? PLAIN_PYTEST : {}) },
    deadlineMs: EXECUTABLE_LIMIT_MS,
    logFile: request.logFile,
    signal: request.signal,
    begun: request.begun,
    maxOutputBytes: 1 << 20,
  })
  if (outcome.ended === 'not-started') return unrun(name, outcome.why)
  return { outcome, checks: checksOf(name, outcome, runner.output) }
}

/** Blank lines and comments; a shell reports success for it. */
function isHollow(text: string): boolean {
  return text.split('\n').every(line => /^\s*(#.*|\/\/.*)?$/.test(line))
}

/** Picks the runner: pytest for a `.py` that defines tests, else the run bit, else the ending. */
async function runnerFor(path: string, text: string): Promise<Runner> {
  const ending = extname(path)
  if (ending === '.py' && /^\s*(async\s+)?def test_/m.test(text))
    return {
      argv: ['python3', '-m', 'pytest', '-q', '-rA', '--color=no', '-p', 'no:cacheprovider', path],
      output: 'pytest',
    }
  if (await hasRunBit(path)) return { argv: [path], output: 'plain' }
  return byEnding(path, ending)
}

function byEnding(path: string, ending: string): Runner {
  switch (ending) {
    case '.sh':
      return { argv: ['sh', path], output: 'plain' }
    case '.js':
    case '.mjs':
      return { argv: [...NODE, path], output: 'plain' }
    case '.py':
      return { argv: ['python3', path], output: 'plain' }
    case '.ts':
      return stripsTypes()
        ? { argv: [...NODE, path], output: 'plain' }
        : { missing: `Node ${process.versions.node} cannot run TypeScript files` }
    default:
      return { missing: 'no run bit, and no runner for this ending' }
  }
}

function stripsTypes(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  return major > 23 || (major === 23 && minor >= 6) || (major === 22 && minor >= 18)
}

function checksOf(name: string, outcome: Outcome, output: 'plain' | 'pytest'): readonly Check[] {
  if (outcome.ended !== 'exited')
    return [single(name, outcome, { status: 'fail', detail: outcome.why })]
  if (output === 'pytest') return readPytest(name, outcome)
  if (isTap(outcome.beginning) || isTap(outcome.stdout)) return tapChecks(name, outcome)
  if (outcome.exitCode === SKIPPED)
    return [single(name, outcome, { status: 'skip', detail: lastLine(outcome) || 'skipped' })]
  if (outcome.exitCode === 0) return [single(name, outcome, { status: 'pass', detail: '' })]
  const said = lastLine(outcome)
  const detail = `exit code ${outcome.exitCode ?? 'none'}${said === '' ? '' : `: ${said}`}`
  return [single(name, outcome, { status: 'fail', detail: detail })]
}

function tapChecks(name: string, { stdout, exitCode, truncated }: Outcome): readonly Check[] {
  const checks = readTap(stdout, { exitCode, cut: truncated })
  return checks.map(check => ({ ...check, name: `${name}: ${check.name}` }))
}

type Verdict = Pick<Check, 'status' | 'detail'>

function single(name: string, outcome: Outcome, verdict: Verdict): Check {
  return { name, ms: outcome.ms, ...verdict }
}

/** The last line a child printed, its errors first: what a person would look at. */
function lastLine(outcome: Pick<Outcome, 'stdout' | 'stderr'>): string {
  const last = (text: string): string => text.trimEnd().split('\n').at(-1)?.trim() ?? ''
  return last(outcome.stderr) || last(outcome.stdout)
}

function unrun(name: string, reason: string): ExecutableResult {
  return {
    outcome: undefined,
    checks: [{ name, status: 'unver', ms: 0, detail: `not run: ${reason}` }],
  }
}

function beginningOf(path: string): string | { readonly code: string } {
  try {
    return readBeginning(path, 1 << 18)
  } catch (error) {
    return { code: errnoOf(error) ?? String(error) }
  }
}

async function hasRunBit(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** What every hook and test finds in its environment, on top of the filtered environment of the harness. */
export function executableEnv(
  base: Record<string, string>,
  facts: ExecutableFacts,
): Record<string, string> {
  return {
    ...base,
    RECIPE_CI_CONTEXT: facts.contextFile,
    RECIPE: facts.recipe,
    RECIPE_DIR: facts.recipeDir,
    RUN_DIR: facts.runDir,
    STACK_NAME: facts.stack,
    APP_DOMAIN: facts.domain,
    BASE_URL: `https://${facts.domain}`,
    ABRA_DIR: facts.abraDir,
    RECIPE_CI_GATEWAY: facts.gateway,
    // Inherited, so that it holds for whatever starts Node: a run bit, an ending, a test's own child.
    NODE_OPTIONS: `--import=${facts.nodeLoader}`,
    ...(facts.ca === undefined
      ? {}
      : {
          RECIPE_CI_CA: facts.ca,
          SSL_CERT_FILE: facts.ca,
          CURL_CA_BUNDLE: facts.ca,
          NODE_EXTRA_CA_CERTS: facts.ca,
        }),
  }
}

export type ExecutableFacts = {
  readonly contextFile: string
  readonly recipe: string
  readonly recipeDir: string
  readonly runDir: string
  readonly stack: string
  readonly domain: string
  readonly abraDir: string
  /** host:port */
  readonly gateway: string
  /** URL of the file that lets a test import recipe-ci/test. */
  readonly nodeLoader: string
  readonly ca: string | undefined
}
