import type { Outcome } from '../process/run-process.js'
import { fatalOf, isLogLine, plainText } from './text.js'

/** What one abra command came to. */
export type AbraOutcome = {
  /** It exited with 0. The exit status decides, never the text. */
  readonly ok: boolean
  /** `app deploy` */
  readonly command: string
  readonly ended: Outcome['ended']
  readonly exitCode: number | null
  readonly ms: number
  /** The text of its FATA line; empty: there is none. */
  readonly fatal: string
  /** For a person: the FATA text, else its last warning or, of a failure, its last line, with the backup bot's own error; else how it ended. */
  readonly said: string
  /** What it printed, without colours; empty for commands that print secrets. */
  readonly output: string
  /** The part of it that went to stdout: what machine output is read from. */
  readonly stdout: string
}

export function abraOutcome(command: string, outcome: Outcome, isSecret: boolean): AbraOutcome {
  const { ended, exitCode, ms } = outcome
  const log = plainText(`${outcome.stdout}\n${outcome.stderr}`)
  const fatal = fatalOf(log)
  const ok = ended === 'exited' && exitCode === 0
  return {
    ok,
    command,
    ended,
    exitCode,
    ms,
    fatal,
    said: saidBy({ log, fatal, failed: ended === 'exited' && !ok, why: outcome.why, isSecret }),
    output: isSecret ? '' : log,
    stdout: isSecret ? '' : plainText(outcome.stdout),
  }
}

type Told = {
  readonly log: string
  readonly fatal: string
  readonly failed: boolean
  readonly why: string
  readonly isSecret: boolean
}

function saidBy({ log, fatal, failed, why, isSecret }: Told): string {
  if (!failed) return fatal || why
  const words = [fatal || lastWarning(log), botError(log)].filter(text => text !== '')
  return words.join(': ') || (isSecret ? '' : lastLine(log)) || why
}

const LONGEST_LINE = 500

/** Where no line has a level, the last one is the likeliest reason. */
function lastLine(log: string): string {
  const line = log.split('\n').findLast(each => each.trim() !== '')
  return (line ?? '').trim().slice(0, LONGEST_LINE)
}

/** What the backup bot said last of an error, in its machine log: abra's own line only says that it failed. */
function botError(log: string): string {
  for (const line of log.split('\n').reverse()) {
    const found = /^\s*\{.*\}\s*$/.test(line) ? messageOf(line) : undefined
    if (found !== undefined) return found
  }
  return ''
}

function messageOf(line: string): string | undefined {
  try {
    const { level, message } = JSON.parse(line) as { level?: unknown; message?: unknown }
    const isError = typeof level === 'string' && /^(error|critical|fatal)$/i.test(level)
    return isError && typeof message === 'string' ? message : undefined
  } catch {
    return undefined
  }
}

function lastWarning(log: string): string {
  const warning = log
    .split('\n')
    .findLast(line => isLogLine(line) && /\b(?:WARN(?:ING)?|ERROR?)\b/.test(line))
  return warning?.replace(/^.*?\b(?:WARN(?:ING)?|ERROR?)\b(?:\[[^\]]*\])?:?\s*/, '').trim() ?? ''
}

/** It refuses to work in a checkout with changed or untracked files. */
export function refusesDirtyTree({ ok, said }: AbraOutcome): boolean {
  return !ok && /unstaged|uncommitted|not clean|dirty/i.test(said)
}

/** It refuses to deploy over a deployed app. */
export function refusesDeployed({ ok, said }: AbraOutcome): boolean {
  return (
    !ok &&
    /already (?:been )?(?:deployed|running|up)\b|\bis (?:currently )?deployed\b|--force\b/i.test(
      said,
    )
  )
}

/** It wants a terminal, or the width of one. */
export function wantsTerminal({ ok, said }: AbraOutcome): boolean {
  return !ok && /inappropriate ioctl|not a tty|open a new tty|\/dev\/tty/i.test(said)
}
