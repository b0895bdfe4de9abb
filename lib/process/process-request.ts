import type { Env } from '../domain/env.js'
import type { Command } from './guard.js'

/** What to run, for how long at most, and what to do with its output. */
export type ProcessRequest = {
  readonly argv: Command
  /** Default "/": nothing may depend on a workspace that a cancel deletes. */
  readonly cwd?: string
  /** The whole environment of the child; see childEnv. */
  readonly env: Env
  readonly deadlineMs: number
  /** Between TERM and KILL, default 2000. */
  readonly graceMs?: number
  /** Aborted: the child is ended by the same ladder as at its deadline. */
  readonly signal?: AbortSignal
  readonly stdin?: string | Uint8Array
  /** Give it a pseudo-terminal; its stderr then comes with stdout. */
  readonly terminal?: boolean
  /** The full masked output is appended to this file. */
  readonly logFile?: string
  /** How much of the end of each stream is kept in memory, default 1 MiB. */
  readonly maxOutputBytes?: number
  /** A descriptor of ours, handed over as descriptor 3. */
  readonly inheritFd?: number
  /**
   * For calls that print secrets which the mask does not know yet: gets the raw output before any of it is logged.
   * The log is then written when the call has ended, from the kept tail.
   */
  readonly learn?: (output: { readonly stdout: string; readonly stderr: string }) => void
  /** Called at once when the child runs. */
  readonly begun?: (() => void) | undefined
}
