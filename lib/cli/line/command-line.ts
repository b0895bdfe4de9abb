import { Command, CommanderError, Option as CommanderOption } from 'commander'
import { UsageFault } from '../../errors.js'
import { COMMANDS, type CommandName, type CommandSpec } from './commands.js'
import type { Line } from './line.js'
import { describe, helpAfter, type HelpTail } from './help.js'
import { calm } from './malformed.js'
import { lineName } from './read-option.js'

type Outcome = { line?: Line; text: string; readonly tail: HelpTail }

/**
 * Understands the words after the program's name.
 * @throws UsageFault for an unknown command or option, or one too many words.
 */
export async function readLine(words: readonly string[], columns: number): Promise<Line> {
  const outcome: Outcome = { text: '', tail: await helpTail(words) }
  try {
    await programFor(outcome, columns).parseAsync([...words], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (outcome.text !== '') return { command: 'help', text: outcome.text }
    throw usage(error, words)
  }
  if (outcome.line !== undefined) return outcome.line
  return { command: 'help', text: outcome.text }
}

/** What only a reader of help needs, and is loaded for no one else. */
async function helpTail(words: readonly string[]): Promise<HelpTail> {
  if (!words.some(word => ['-h', '--help', 'help'].includes(word))) return {}
  const { metaHelp } = await import('../../recipe/meta-registry.js')
  return { run: `Keys of a recipe's recipe-ci.yml:\n${metaHelp()}` }
}

function programFor(outcome: Outcome, columns: number): Command {
  const program = quiet(new Command('recipe-ci'), outcome, columns)
    .description('Proves a Co-op Cloud recipe on a real Docker Swarm.')
    .usage('<command> [options]')
    .addOption(new CommanderOption('--version', 'print the version'))
  for (const [name, spec] of Object.entries(COMMANDS) as [CommandName, CommandSpec][]) {
    const command = quiet(program.command(name), outcome, columns)
    describeCommand(command, spec)
    command.addHelpText('after', helpAfter(spec, outcome.tail[name]))
    command.action((...parts: unknown[]) => {
      outcome.line = { command: name, line: lineOf(command, spec, parts) }
    })
  }
  return program
}

function describeCommand(command: Command, spec: CommandSpec): void {
  command.summary(spec.summary).description(`${capital(spec.summary)}.`)
  if (spec.argument?.flags !== undefined) {
    command.argument(spec.argument.flags, describe(spec.argument))
  }
  for (const option of spec.options) {
    if (option.flags !== undefined) command.option(option.flags, describe(option))
  }
}

function lineOf(command: Command, { argument }: CommandSpec, parts: readonly unknown[]) {
  const line: Record<string, unknown> = { ...command.opts() }
  if (argument?.flags !== undefined) line[lineName(argument.flags)] = parts[0]
  return line
}

/** Commander neither prints nor exits: texts are collected, errors are thrown. */
function quiet(command: Command, outcome: Outcome, columns: number): Command {
  return command
    .exitOverride()
    .helpOption('-h, --help', 'print this help')
    .allowExcessArguments(false)
    .configureOutput({
      writeOut: text => void (outcome.text += text),
      writeErr: () => undefined,
      getOutHelpWidth: () => columns,
      getOutHasColors: () => false,
    })
}

function usage(error: CommanderError, words: readonly string[]): UsageFault {
  const command = Object.keys(COMMANDS).find(name => name === words[0])
  const help = `Run "recipe-ci ${command === undefined ? '' : `${command} `}--help" for what is known`
  if (error.code === 'commander.help') {
    return new UsageFault('Cannot start: no command is named', help)
  }
  const reason = error.message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ')
  return new UsageFault(`Cannot understand the command line: ${calm(reason)}`, help)
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
