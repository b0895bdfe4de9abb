import { Fault, firstThrown } from '../errors.js'
import { printable } from './wording.js'

/** The last words on stderr about a thrown value: what failed, what to do, the code to search for, the causes. */
export function faultText(thrown: unknown, mask: (text: string) => string): string {
  const error = firstThrown(thrown)
  const lines = error instanceof Fault ? foreseen(error) : bug(error)
  return `${printable(mask(lines.join('\n')))}\n`
}

function foreseen(fault: Fault): readonly string[] {
  return [
    `recipe-ci: ${fault.message}`,
    `  hint: ${fault.hint}`,
    `  code: ${fault.code}`,
    ...causesOf(fault).map(cause => `  because: ${messageOf(cause)}`),
  ]
}

function bug(error: unknown): readonly string[] {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return [
    `recipe-ci: this is a bug of recipe-ci: ${text}`,
    ...(error instanceof Error ? causesOf(error) : []).map(
      cause => `  because: ${messageOf(cause)}`,
    ),
    '  hint: please report it with the run folder',
  ]
}

function causesOf(error: Error): readonly unknown[] {
  const causes: unknown[] = []
  for (let at = error.cause; at !== undefined && causes.length < 5;) {
    causes.push(at)
    at = at instanceof Error ? at.cause : undefined
  }
  return causes
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
