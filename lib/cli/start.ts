import { userInfo } from 'node:os'
import type { Reached } from '../domain/crash-points.js'
import { EXIT, type ExitCode } from '../errors.js'
import { crashPoints } from '../lifetime/crash.js'
import { SELFTEST } from './line/asked-selftest.js'
import type { Surroundings } from './requests/host-config.js'
import { bareLine, type Line } from './line/line.js'
import type { Host } from './host.js'
import { perform } from './perform.js'
import { readOption } from './line/read-option.js'

const WIDEST_HELP = 120
const NARROWEST_HELP = 60

/** From words to a command's exit code. @throws whatever the command throws; the door explains it. */
export async function start(words: readonly string[], host: Host): Promise<ExitCode> {
  const asked = bareLine(words) ?? (await understandLine(words, columnsOf(host.stdout)))
  if (asked.command === 'help') {
    host.stdout.write(asked.text)
    return EXIT.green
  }
  const around = surroundingsOf(host)
  const reached = crashPointsOf(around)
  return perform(asked.command, { line: asked.line, around, host: { ...host, reached } })
}

/** From the environment alone: nobody writes them into a config file. */
function crashPointsOf({ env, cwd }: Surroundings): Reached {
  const sources = { line: {}, env, cwd, file: new Map(), configPath: undefined }
  const at = readOption(SELFTEST.crashAt, sources)
  return crashPoints({ at, log: readOption(SELFTEST.crashLog, sources) })
}

/** Most lines have options; to understand them is commander's work, which takes it longer to begin than to do. */
async function understandLine(words: readonly string[], columns: number): Promise<Line> {
  const { readLine } = await import('./line/command-line.js')
  return readLine(words, columns)
}

function columnsOf({ columns }: NodeJS.WriteStream): number {
  // Not a terminal: undefined, whatever the type says.
  const width = (columns as number | undefined) ?? WIDEST_HELP
  return Math.max(NARROWEST_HELP, Math.min(WIDEST_HELP, width))
}

function surroundingsOf({ env, pid, installDir }: Host): Surroundings {
  const home = env['HOME'] ?? ''
  return { env, pid, installDir, cwd: workingDir(), home: home === '' ? userInfo().homedir : home }
}

/** The working directory; the root when ours was deleted under us, as a cancelled build's is. */
function workingDir(): string {
  try {
    return process.cwd()
  } catch {
    return '/'
  }
}
