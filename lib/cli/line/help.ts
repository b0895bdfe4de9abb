import type { CommandName, CommandSpec } from './commands.js'
import type { Option } from './option.js'

/** One line of `--help`: meaning, environment twins, default. */
export function describe({ help, env, standard }: Option<unknown>): string {
  const twins = env.length === 0 ? '' : ` [${env.join(', else ')}]`
  const byDefault = standard === '' || standard === 'off' ? '' : ` (default: ${standard})`
  return help + twins + byDefault
}

/** More help for some commands, from parts of the program that are loaded for it. */
export type HelpTail = Readonly<Partial<Record<CommandName, string>>>

/** What can be set in the environment and the config file alone, and what else a reader should know. */
export function helpAfter({ settings, notes }: CommandSpec, tail: string | undefined): string {
  const width = Math.max(0, ...settings.map(({ key = '' }) => key.length)) + 2
  const rows = settings.map(setting => `  ${(setting.key ?? '').padEnd(width)}${describe(setting)}`)
  const table = rows.length === 0 ? [] : ['', 'In the config file, or in the environment:', ...rows]
  return [...table, ...(tail === undefined ? [] : ['', tail]), '', ...notes].join('\n')
}
