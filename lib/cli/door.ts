import { EXIT, Fault, exitCodeOf, firstThrown, type ExitCode } from '../errors.js'
import type { End } from '../lifetime/lifetime.js'
import { causeOfThrown } from '../verdict/ending.js'

/** What a command left with, or the value that it threw. */
export type Outcome = { readonly code: ExitCode } | { readonly thrown: unknown }

/** The code to leave with and what to say about it on stderr. */
export type Leaving = { readonly code: ExitCode; readonly text: string }

/** The one place where an end becomes an exit code. The first reason wins: a signal's code stays, whatever came after. */
export function leavingOf(outcome: Outcome, end: End | undefined): Leaving {
  if (end === undefined) return ordinary(outcome)
  if (end.error !== undefined) return { code: end.code, text: explain(end.error) }
  const failed = 'thrown' in outcome && outcome.thrown instanceof Fault
  const text = failed ? explain(outcome.thrown) : ''
  return { code: end.code, text: `${text}recipe-ci: ended early: ${end.reason}\n` }
}

function ordinary(outcome: Outcome): Leaving {
  if ('code' in outcome) return { code: outcome.code, text: '' }
  return { code: exitCodeOf(outcome.thrown), text: explain(outcome.thrown) }
}

/** A thrown value for the person who has to act on it: message, causes, fix, code. */
export function explain(thrown: unknown): string {
  const first = firstThrown(thrown)
  const { class: found, sentence, fix } = causeOfThrown(first)
  const isFault = first instanceof Fault
  if (!isFault && found !== 'disk_full') return explainBug(first)
  return lines([
    `recipe-ci: ${sentence}`,
    ...causesOf(first).map(cause => `  because: ${cause}`),
    `  fix:  ${fix}`,
    `  code: ${isFault ? `${first.code}, ` : ''}exit ${exitCodeOf(first)}`,
  ])
}

function explainBug(thrown: unknown): string {
  const stack = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
  return lines([
    `recipe-ci: this is a bug of recipe-ci: ${stack}`,
    '  fix:  Report it with these lines and the events.ndjson of the run',
    `  code: exit ${EXIT.fault}`,
  ])
}

const DEEPEST = 5

function causesOf(error: unknown): readonly string[] {
  const causes: string[] = []
  for (
    let at = error instanceof Error ? error.cause : undefined;
    at instanceof Error && causes.length < DEEPEST;
    at = at.cause
  ) {
    causes.push(at.message)
  }
  return causes
}

/** Credentials in URLs are hidden: what is thrown may quote a child's output. */
function lines(parts: readonly string[]): string {
  return `${parts.join('\n')}\n`.replace(/:\/\/[^/\s]*@/g, '://***@')
}
