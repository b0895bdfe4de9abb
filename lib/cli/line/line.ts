import { COMMANDS, type CommandName } from './commands.js'

/** What the command line comes to: a command with its options, or a text that was asked for. */
export type Line =
  | { readonly command: CommandName; readonly line: Readonly<Record<string, unknown>> }
  | { readonly command: 'help'; readonly text: string }

/** A command's name and nothing else: there is nothing to understand, so nothing is loaded for it. */
export function bareLine(words: readonly string[]): Line | undefined {
  const command = (Object.keys(COMMANDS) as CommandName[]).find(name => name === words[0])
  return command === undefined || words.length > 1 ? undefined : { command, line: {} }
}
