import { CAUSE_EXIT, type Cause } from '../domain/cause.js'
import type { EndReason } from '../domain/results.js'
import { EXIT, type ExitCode } from '../errors.js'

/** Why a run ended before its time, with the code that stays whatever the teardown finds. */
export type EarlyEnd = { readonly reason: EndReason; readonly code: ExitCode }

export type ExitFacts = {
  /** A signal, the deadline or a fault; undefined when the run went to its end. */
  readonly end: EarlyEnd | undefined
  /** All that makes the run red, see `problemsOf`. */
  readonly problems: readonly Cause[]
  /** The first cause that was found. */
  readonly cause: Cause | undefined
}

/**
 * The exit code. An early end keeps its own. Otherwise the first cause decides between "the recipe is bad" (7) and
 * "we could not test" (1); a problem without a cause is red, and only a run with neither is green.
 */
export function exitOf({ end, problems, cause }: ExitFacts): ExitCode {
  if (end !== undefined) return end.code
  if (cause !== undefined) return CAUSE_EXIT[cause.class]
  return problems.length > 0 ? EXIT.red : EXIT.green
}

/** The reason that goes with a code: a bench that could not test is a fault, however it was noticed. */
export function endReason(end: EarlyEnd | undefined, code: ExitCode): EndReason {
  if (end !== undefined) return end.reason
  return code === EXIT.fault ? 'fault' : 'completed'
}
