import type { Check } from '../domain/check.js'
import type { Emit } from '../domain/events.js'
import type { Tier } from '../domain/tiers.js'

/** The checks of one tier, each told the moment it is entered: a run that is killed keeps all it had proven. */
export class Ledger {
  readonly tier: Tier
  readonly #emit: Emit
  readonly #checks: Check[] = []
  readonly #gaps = new Set<Check>()

  constructor(tier: Tier, emit: Emit) {
    this.tier = tier
    this.#emit = emit
  }

  get checks(): readonly Check[] {
    return this.#checks
  }

  /** What later tiers rest on: all but the gaps. */
  get grounds(): readonly Check[] {
    return this.#checks.filter(check => !this.#gaps.has(check))
  }

  /** Enters checks. False when one of them is bad: going on would only blur the cause. */
  add(checks: readonly Check[]): boolean {
    for (const check of checks) {
      this.#checks.push(check)
      this.#emit({ type: 'check.finished', tier: this.tier, check })
    }
    return !checks.some(isBad)
  }

  /** The same for checks that come on top of the op: one that could not be made leaves a gap, and what comes later may go on. */
  addOnTop(checks: readonly Check[]): void {
    for (const check of checks) if (check.status === 'unver') this.#gaps.add(check)
    this.add(checks)
  }
}

export function isBad(check: Check): boolean {
  return check.status === 'fail' || check.status === 'unver'
}
