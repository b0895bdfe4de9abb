import type { Env } from '../../domain/env.js'
import { UsageFault } from '../../errors.js'
import type { ConfigFile, Given } from './given.js'
import { Malformed, shown } from './malformed.js'
import type { Option } from './option.js'
import type { Parse } from './parsers.js'

/** Everything that may say something about a setting. Order: command line, environment, config file. */
export type Sources = {
  /** Values from the command line, by the name commander gives them; `true` for a bare flag. */
  readonly line: Readonly<Record<string, unknown>>
  readonly env: Env
  readonly file: ConfigFile
  /** The config file that was read; absent: there is none. */
  readonly configPath?: string | undefined
  readonly cwd: string
}

/** The value of a setting, or undefined when nobody gave one. @throws UsageFault when it is malformed. */
export function readOption<T>(option: Option<T>, sources: Sources): T | undefined {
  const given = lookUp(option, sources)
  return given === undefined ? undefined : understand(given, option)
}

/** Who said what about a setting: the first of command line, environment and config file. */
export function lookUp(option: Option<unknown>, sources: Sources): Given | undefined {
  return fromLine(option, sources) ?? fromEnv(option, sources) ?? fromFile(option, sources)
}

/** @throws UsageFault that names the value, what was expected and what to do. */
export function understand<T>(
  given: Omit<Given, 'origin'>,
  option: { readonly parse: Parse<T>; readonly standard?: string },
): T {
  try {
    return option.parse(given.text, given.baseDir)
  } catch (error) {
    if (!(error instanceof Malformed)) throw error
    throw new UsageFault(
      `Cannot use ${shown(given.text)} for ${given.place}: expected ${error.expected}`,
      error.fix ?? fixOf(given, option.standard),
    )
  }
}

function fixOf({ place }: Pick<Given, 'place'>, standard = ''): string {
  const where = place.split(' (', 1)[0] ?? place
  return standard === ''
    ? `Correct ${where}`
    : `Correct ${where}, or leave it out for the default: ${standard}`
}

function fromLine(option: Option<unknown>, { line, cwd }: Sources): Given | undefined {
  if (option.flags === undefined) return undefined
  const value = line[lineName(option.flags)]
  if (typeof value !== 'string' && value !== true) return undefined
  const text = value === true ? '1' : value
  const name = placeOnLine(option.flags)
  return { text, place: name, baseDir: cwd, origin: { kind: 'option', name } }
}

function fromEnv(option: Option<unknown>, { env, cwd }: Sources): Given | undefined {
  for (const name of option.env) {
    const text = env[name]
    if (text === undefined || text === '') continue
    return { text, place: name, baseDir: cwd, origin: { kind: 'environment', name } }
  }
  return undefined
}

function fromFile(option: Option<unknown>, { file }: Sources): Given | undefined {
  return option.key === undefined ? undefined : file.get(option.key)
}

/** `--runs-dir <dir>` to `runsDir`, `[recipe]` to `recipe`: how commander names it. */
export function lineName(flags: string): string {
  const bare = placeOnLine(flags).replace(/^--/, '')
  return bare.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

function placeOnLine(flags: string): string {
  return (flags.split(' ', 1)[0] ?? flags).replace(/[[\]<>]/g, '')
}
