import type { Env } from '../../domain/env.js'
import type { Observation } from '../../domain/finding.js'
import { childEnv } from '../../process/child-env.js'
import { findProgram } from '../../process/find-program.js'
import type { Outcome, RunProcess } from '../../process/run-process.js'
import type { Bench } from '../bench.js'
import type { Check } from '../examine.js'
import { fail, needed, ok, warn } from '../look.js'

/** git 2.31 brought GIT_CONFIG_COUNT, by which hooks of a fetched repository are kept from running. */
const OLDEST_GIT = [2, 31] as const
const CALL_MS = 8_000
const NODE_FIX = 'Install Node.js 20.19, 22.12 or 24, or a later one of these lines'
const GUARD_FIX =
  'Run "npm rebuild recipe-ci" (in a source checkout: "npm ci"); it needs a C compiler and make'

/** The programs that a run starts or is run by. */
export const PROGRAM_CHECKS: readonly Check<Bench>[] = [
  {
    id: 'node',
    about: 'the version of Node is one that recipe-ci is made for',
    look: () => judgeNode(process.version),
  },
  { id: 'git', about: 'git is there and knows GIT_CONFIG_COUNT (2.31)', look: lookAtGit },
  {
    id: 'util-linux',
    about: "flock, setsid and setpriv are there, and are util-linux's",
    look: lookAtUtilLinux,
  },
  {
    id: 'guard',
    about:
      'the native helper that ties children to the life of a run is built and starts a program',
    look: lookAtGuard,
  },
]

/** The lines of Node in package.json's engines: a test holds the two together. */
export function judgeNode(version: string): Observation {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number)
  const fits = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major >= 24
  return fits ? ok(version) : fail(version, NODE_FIX)
}

async function lookAtGit(bench: Bench, signal: AbortSignal): Promise<Observation> {
  const said = await ask(bench, ['git', '--version'], signal)
  const [, major, minor] = /(\d+)\.(\d+)/.exec(said.stdout) ?? []
  const fix = 'Install git 2.31 or later and put it on PATH'
  if (said.exitCode !== 0 || major === undefined) return fail(`git does not run: ${said.why}`, fix)
  const known = [Number(major), Number(minor)] as const
  const isOld = known[0] < OLDEST_GIT[0] || (known[0] === OLDEST_GIT[0] && known[1] < OLDEST_GIT[1])
  return isOld ? fail(said.stdout.trim(), fix) : ok(said.stdout.trim())
}

async function lookAtUtilLinux(bench: Bench, signal: AbortSignal): Promise<Observation> {
  const fix = 'Install util-linux and put its folder on PATH'
  const names = ['flock', 'setsid', 'setpriv']
  const missing = await missingOf(bench.env, names)
  if (missing.length > 0) return fail(`not on PATH: ${missing.join(', ')}`, fix)
  const version = await ask(bench, ['flock', '--version'], signal)
  if (!version.stdout.includes('util-linux'))
    return fail(`"flock" is not the one of util-linux: ${firstLine(version)}`, fix)
  const armed = await ask(bench, ['setpriv', '--pdeathsig', 'KILL', 'true'], signal)
  if (armed.exitCode !== 0) return warn(`"setpriv" knows no --pdeathsig: ${firstLine(armed)}`, fix)
  return ok(firstLine(version))
}

async function missingOf(env: Env, names: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(names.map(name => findProgram(env, name)))
  return names.filter((_, at) => found[at] === undefined)
}

async function lookAtGuard(bench: Bench, signal: AbortSignal): Promise<Observation> {
  const { kind, path } = await bench.guard()
  const run = await bench.run()
  const { exitCode, why } = await call(run, bench.env, { argv: ['true'], signal })
  if (exitCode !== 0) return fail(`${path ?? kind} starts nothing: ${why}`, GUARD_FIX)
  return kind === 'native'
    ? ok(path ?? kind)
    : warn('not built: setpriv stands in, without a backstop for the deadline', GUARD_FIX)
}

async function ask(
  bench: Bench,
  argv: readonly [string, ...string[]],
  signal: AbortSignal,
): Promise<Outcome> {
  const run = await needed(bench.run(), 'guard')
  return call(run, bench.env, { argv, signal })
}

function call(
  run: RunProcess,
  env: Env,
  { argv, signal }: { argv: readonly [string, ...string[]]; signal: AbortSignal },
): Promise<Outcome> {
  return run({ argv, env: childEnv(env, 'git'), deadlineMs: CALL_MS, signal })
}

function firstLine({ stdout, stderr, why }: Outcome): string {
  return `${stdout}${stderr}`.trim().split('\n', 1)[0] ?? why
}
