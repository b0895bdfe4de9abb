import { createHash } from 'node:crypto'
import { readFile, realpath, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Env } from '../domain/env.js'
import { AbsentFault, Fault, THEN_DOCTOR } from '../errors.js'
import { makeFolder } from '../files/make-folder.js'
import { findProgram } from '../process/find-program.js'
import type { RunProcess } from '../process/run-process.js'
import { readHelp, readVersion, type Flag, type Help } from './help.js'

const HELP_DEADLINE_MS = 20_000

/** What one abra binary is and what its commands take. */
export type AbraFacts = {
  readonly path: string
  /** As `abra --version` says it. */
  readonly version: string
  /** A command's flags, those of all commands included. Undefined: abra has no such command. */
  readonly flagsOf: (command: string) => Promise<CommandFlags | undefined>
}

export type CommandFlags = {
  readonly flags: Readonly<Record<string, Flag>>
  readonly usage: string
}

/** This abra lacks what the harness relies on. */
export class AbraUnfit extends Fault {
  readonly code = 'RCI_ABRA_UNFIT'
  readonly hint = `Install abra 0.13.0-beta or a newer one${THEN_DOCTOR}`
  readonly command: string
  readonly flag: string | undefined
  readonly version: string

  constructor(lacking: { command: string; flag?: string; version: string }) {
    const { command, flag, version } = lacking
    const what = flag === undefined ? 'no such command' : `no flag --${flag}`
    super(`Cannot use abra ${version}: "abra ${command}" is needed, and there is ${what}`)
    this.command = command
    this.flag = flag
    this.version = version
  }
}

export type FactsOptions = {
  readonly run: RunProcess
  /** The environment of every abra call. */
  readonly env: Env
  /** Where flags are remembered, once for each binary; undefined: asked anew, nothing is remembered. */
  readonly stateDir: string | undefined
}

/** Finds abra on PATH. @throws AbsentFault when there is none. */
export async function findAbra(env: Env): Promise<string> {
  const file = await findProgram(env, 'abra')
  if (file !== undefined) return file
  const path = env['PATH'] ?? ''
  throw new AbsentFault(
    `Cannot find "abra": not in ${path === '' ? 'PATH, which is empty' : path}`,
    `Install abra or put it on PATH${THEN_DOCTOR}`,
  )
}

/** Remembered facts of one binary: `helps` by command; null: it has no such command. */
type Remembered = { version: string; helps: Record<string, Help | null> }

/**
 * Looks up what abra is and takes, in its own help; what is known of the same binary (path, size and time of change) is
 * read from the state folder. A state folder that cannot be written is no fault.
 *
 * @throws AbsentFault when abra is not on PATH or cannot even say its version.
 */
export async function abraFacts(options: FactsOptions): Promise<AbraFacts> {
  const path = await findAbra(options.env)
  const { stateDir } = options
  const file = stateDir && join(stateDir, `abra-flags-${await fingerprint(path)}.json`)
  const known = (await recall(file)) ?? { version: await askVersion(options, path), helps: {} }
  const helpOf = async (command: string): Promise<Help | null> => {
    const found = known.helps[command] ?? (command in known.helps ? null : undefined)
    if (found !== undefined) return found
    const help = await askHelp(options, path, command)
    known.helps[command] = help
    await remember(file, known)
    return help
  }
  return {
    path,
    version: known.version,
    flagsOf: async command => {
      const help = await helpOf(command)
      if (help === null) return undefined
      return { flags: { ...(await globalsOf(help, helpOf)), ...help.flags }, usage: help.usage }
    },
  }
}

// A help that lists the flags of all commands says it all; one that does not leaves them to the help of abra itself.
async function globalsOf(
  help: Help,
  helpOf: (command: string) => Promise<Help | null>,
): Promise<Readonly<Record<string, Flag>>> {
  if (help.globals !== undefined) return help.globals
  const top = await helpOf('')
  return { ...top?.flags, ...top?.globals }
}

async function fingerprint(path: string): Promise<string> {
  const real = await realpath(path)
  const { size, mtimeMs } = await stat(real)
  const text = ['3', real, size, mtimeMs].join('\n')
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}

async function askVersion({ run, env }: FactsOptions, path: string): Promise<string> {
  const outcome = await run({ argv: [path, '--version'], env, deadlineMs: HELP_DEADLINE_MS })
  const version = readVersion(outcome.stdout) ?? readVersion(outcome.stderr)
  if (outcome.ended === 'exited' && outcome.exitCode === 0)
    return version ?? 'of an unknown version'
  throw new AbsentFault(
    `Cannot use "${path}": ${outcome.why}`,
    `Check that "abra --version" answers${THEN_DOCTOR}`,
  )
}

async function askHelp(
  { run, env }: FactsOptions,
  path: string,
  command: string,
): Promise<Help | null> {
  const words = command.split(' ').filter(word => word !== '')
  const argv = [path, ...words, '--help'] as const
  const outcome = await run({ argv, env, deadlineMs: HELP_DEADLINE_MS })
  if (outcome.ended !== 'exited')
    throw new AbsentFault(
      `Cannot ask abra for its flags: ${outcome.why}`,
      'Check that "abra --help" answers',
    )
  const help = readHelp(`${outcome.stdout}\n${outcome.stderr}`)
  return outcome.exitCode === 0 && isAbout(help, words) ? help : null
}

// For a word that it does not know, a command of groups prints the help of the group and is content.
function isAbout({ usage }: Help, words: readonly string[]): boolean {
  if (usage === '' || words.length === 0) return true
  return words.slice(0, -1).every(word => usage.includes(word)) && !/\[command\]/i.test(usage)
}

async function recall(file: string | undefined): Promise<Remembered | undefined> {
  if (file === undefined) return undefined
  try {
    const found = JSON.parse(await readFile(file, 'utf8')) as Partial<Remembered>
    if (typeof found.version !== 'string' || typeof found.helps !== 'object') return undefined
    return { version: found.version, helps: found.helps }
  } catch {
    return undefined
  }
}

/** In place: a file that is cut short, or read while it is written, is no JSON and counts as nothing; a draft would be left behind. */
async function remember(file: string | undefined, known: Remembered): Promise<void> {
  if (file === undefined) return
  try {
    await makeFolder(dirname(file))
    await writeFile(file, JSON.stringify(known))
  } catch {
    // What is not remembered is asked again.
  }
}
