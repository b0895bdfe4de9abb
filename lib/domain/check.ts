import type { Cause } from './cause.js'
import type { Status } from './tiers.js'

/** One named assertion that was executed (or could not be), with what was seen. */
export type Check = {
  readonly name: string
  readonly status: Status
  readonly ms: number
  /** What was seen, or the reason for skip and unver. Never empty unless the status is pass. */
  readonly detail: string
  /** Present on a failed check that knows why. */
  readonly cause?: Cause
}
