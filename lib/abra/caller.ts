import { join } from 'node:path'
import type { Env } from '../domain/env.js'
import type { ProcessRequest, RunProcess } from '../process/run-process.js'
import type { AbraFacts, CommandFlags } from './flags.js'
import { abraOutcome, refusesDirtyTree, wantsTerminal, type AbraOutcome } from './outcome.js'

/** Called once a command of abra runs. */
export type Begun = (() => void) | undefined

/** Flags by their long names: a text is the flag's value, true a switch. */
export type Wanted = Readonly<Record<string, string | true>>

type Call = {
  /** `app deploy` */
  readonly command: string
  readonly args: readonly string[]
  /** Passed only where this abra lists them; what must be there was looked up before. */
  readonly flags?: Wanted
  readonly deadlineMs: number
  /** Give it a pseudo-terminal. */
  readonly terminal?: boolean
  /** In place of the run's abra folder. */
  readonly abraDir?: string
  /** In place of the run's signal. */
  readonly signal?: AbortSignal
  /** Gets what it printed before anything of it is logged; the output is then kept from everybody else. */
  readonly learn?: NonNullable<ProcessRequest['learn']>
  /** Called when abra runs. */
  readonly begun?: Begun
}

export type CallerOptions = {
  readonly run: RunProcess
  readonly facts: AbraFacts
  /** The environment of every call, ABRA_DIR aside. */
  readonly env: Env
  readonly abraDir: string
  /** One log file for each command goes here. */
  readonly logDir: string
  readonly signal?: AbortSignal
  /** Makes the checkout clean for an abra that refuses any other and knows no `--chaos` there. */
  readonly tidyTree?: () => Promise<void>
}

export type Caller = (call: Call) => Promise<AbraOutcome>

/** What every command gets where it is listed: nobody answers a prompt, and nothing is fetched. */
const ALWAYS: Wanted = { 'no-input': true, offline: true }

/**
 * Calls abra with long flags that its own help lists. A refusal is no attempt: an abra that wants a terminal is asked once
 * more with one, and one that refuses a dirty tree where it takes no `--chaos`, after the tree was made clean.
 */
export function createCaller(options: CallerOptions): Caller {
  return async call => {
    const listed = await options.facts.flagsOf(call.command)
    const first = await once(options, call, listed)
    if (call.terminal !== true && wantsTerminal(first))
      return once(options, { ...call, terminal: true }, listed)
    const takesChaos = listed?.flags['chaos'] !== undefined && call.flags?.['chaos'] === true
    if (takesChaos || options.tidyTree === undefined || !refusesDirtyTree(first)) return first
    await options.tidyTree()
    return once(options, call, listed)
  }
}

async function once(
  { run, facts, env, abraDir, logDir, signal }: CallerOptions,
  call: Call,
  listed: CommandFlags | undefined,
): Promise<AbraOutcome> {
  const words = [...call.command.split(' '), ...call.args]
  const ending = call.signal ?? signal
  const outcome = await run({
    argv: [facts.path, ...words, ...flagWords({ ...call.flags, ...ALWAYS }, listed)],
    env: { ...env, ABRA_DIR: call.abraDir ?? abraDir },
    deadlineMs: call.deadlineMs,
    logFile: join(logDir, `abra-${call.command.replaceAll(' ', '-')}.log`),
    ...(call.terminal === true ? { terminal: true } : {}),
    ...(ending === undefined ? {} : { signal: ending }),
    ...(call.learn === undefined ? {} : { learn: call.learn }),
    begun: call.begun,
  })
  return abraOutcome(call.command, outcome, call.learn !== undefined)
}

/** Those of the wanted flags that the command lists, in the form it takes them. */
export function flagWords(wanted: Wanted, listed: CommandFlags | undefined): readonly string[] {
  return Object.entries(wanted).flatMap(([name, value]) => {
    const flag = listed?.flags[name]
    if (flag?.takesValue !== (value !== true)) return []
    return value === true ? [`--${name}`] : [`--${name}`, value]
  })
}
