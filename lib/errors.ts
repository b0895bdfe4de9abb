/** Every exit code of recipe-ci. Few codes, rich events: the code says how to react, results.json says what happened. */
export const EXIT = {
  green: 0,
  fault: 1,
  usage: 2,
  red: 7, // never 78: the Drone runner takes it for success
  hangup: 129,
  interrupted: 130,
  overdue: 142,
  terminated: 143,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** A failure we foresaw. Whatever else is thrown is a bug in recipe-ci. */
export abstract class Fault extends Error {
  /** Stable, greppable, listed in docs/errors.md, never reused for another meaning. */
  abstract readonly code: `RCI_${Uppercase<string>}`
  /** What the reader should do next, in one sentence. */
  abstract readonly hint: string
  readonly exit: ExitCode = EXIT.fault

  override get name(): string {
    return this.constructor.name
  }
}

/** Asked wrongly: names the value, what was expected and what to do. Nothing has been touched. */
export class UsageFault extends Fault {
  readonly code = 'RCI_USAGE'
  readonly hint: string
  override readonly exit = EXIT.usage

  constructor(message: string, hint: string, options?: ErrorOptions) {
    super(message, options)
    this.hint = hint
  }
}

/** Well-formed, but something the run needs is absent: a recipe, a ref, a folder, abra, Docker. */
export class AbsentFault extends Fault {
  readonly code = 'RCI_ABSENT'
  readonly hint: string

  constructor(message: string, hint: string, options?: ErrorOptions) {
    super(message, options)
    this.hint = hint
  }
}

/** Ends the hint of a fault whose fix doctor can confirm; doctor itself says something else. */
export const THEN_DOCTOR = ', then run "recipe-ci doctor"'

/** The exit code for a thrown value: a Fault carries its own, anything else is a bug of ours. */
export function exitCodeOf(thrown: unknown): ExitCode {
  const first = firstThrown(thrown)
  return first instanceof Fault ? first.exit : EXIT.fault
}

/** A failing disposal wraps the error that came before it; the verdict rests on the innermost. */
export function firstThrown(thrown: unknown): unknown {
  let error = thrown
  while (error instanceof Error && error.name === 'SuppressedError' && 'suppressed' in error) {
    error = error.suppressed
  }
  return error
}
