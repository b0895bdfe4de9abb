import { execFile } from 'node:child_process'
import { openSync, readSync } from 'node:fs'
import { access, constants } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Env } from '../domain/env.js'
import { AbsentFault } from '../errors.js'

export type Command = readonly [string, ...string[]]

type WrapOptions = {
  /** The pid that the child must not outlive: ours. */
  readonly parent: number
  /** Give the child a pseudo-terminal as its standard streams. */
  readonly terminal?: boolean
  /** Let descriptor 3 through. */
  readonly fd3?: boolean
}

/**
 * Ties children to our life. `native`: if we die in whatever way, the child's whole group and all that descends from
 * it is killed, and nothing that it started outlives it. `setpriv`: only the child itself is killed.
 */
export type Guard = {
  readonly kind: 'native' | 'setpriv'
  /** The helper's path; undefined for setpriv. */
  readonly path: string | undefined
  /** The command line that runs `command` under the guard. */
  readonly wrap: (command: Command, options: WrapOptions) => Command
}

const FIX =
  'Run "npm rebuild recipe-ci" (in a source checkout: "npm ci"), or install util-linux for its setpriv'

/** $RECIPE_CI_GUARD, else the one that npm built, else `setpriv --pdeathsig`. Throws AbsentFault when there is none. */
export async function findGuard(env: Env, installDir: string): Promise<Guard> {
  const named = env['RECIPE_CI_GUARD']
  if (named !== undefined && named !== '') {
    if (await isExecutable(named)) return nativeGuard(named)
    throw new AbsentFault(
      `Cannot use the helper "${named}": no executable there`,
      `Correct or unset RECIPE_CI_GUARD. ${FIX}`,
    )
  }
  const built = join(installDir, 'build', 'Release', 'recipe-ci-guard')
  if (await isExecutable(built)) return nativeGuard(built)
  if (await setprivWorks(env)) return setprivGuard()
  throw new AbsentFault(`Cannot find the native helper: not built in "${built}"`, FIX)
}

/** Started by its descriptor: a cancel deletes the workspace, this program with it, between any two of our steps. */
export function nativeGuard(path: string): Guard {
  const file = heldOpen(path) ?? path
  return {
    kind: 'native',
    path,
    wrap: (command, { parent, terminal = false, fd3 = false }) => [
      file,
      ...['--signal', 'KILL', '--parent', String(parent), '--group'],
      ...(terminal ? ['--pty'] : []),
      ...(fd3 ? ['--fd3'] : []),
      '--',
      ...command,
    ],
  }
}

/**
 * A path of an open file, also when it has lost its name; the descriptor is kept for the life of the process. Undefined
 * for a script, whose interpreter would find the descriptor closed.
 */
function heldOpen(path: string): string | undefined {
  try {
    const fd = openSync(path, 'r')
    const start = Buffer.alloc(2)
    readSync(fd, start, 0, 2, 0)
    return start.toString('latin1') === '#!' ? undefined : `/proc/self/fd/${fd}`
  } catch {
    return undefined // starting a child will say why
  }
}

/** The shell compares the parent after setpriv has armed, and says what is missing as the native helper does. */
const COMPARE_AND_START = `[ "$PPID" -eq "$0" ] || exit 1
command -v -- "$1" >/dev/null || { echo "recipe-ci-guard: Cannot start \\"$1\\": not found" >&2; exit 1; }
exec "$@"`

function setprivGuard(): Guard {
  return {
    kind: 'setpriv',
    path: undefined,
    wrap: (command, { parent, terminal = false }) => [
      ...(['setpriv', '--pdeathsig', 'KILL', '--'] as const),
      ...['sh', '-c', COMPARE_AND_START, String(parent)],
      ...(terminal ? inTerminal(command) : command),
    ],
  }
}

/** util-linux's script gives a terminal, and hangs it up when it is killed. Raw output: a log wants no returns. */
function inTerminal(command: Command): Command {
  const line = `stty -opost -echo rows 50 cols 160; exec ${command.map(quoted).join(' ')}`
  return ['env', 'SHELL=/bin/sh', 'script', '-q', '-e', '-f', '-c', line, '/dev/null']
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  )
}

/** busybox has a setpriv that does not know --pdeathsig. */
async function setprivWorks(env: Env): Promise<boolean> {
  return promisify(execFile)('setpriv', ['--pdeathsig', 'KILL', 'true'], {
    env: { ...env },
    timeout: 5_000,
  }).then(
    () => true,
    () => false,
  )
}
