import type { Check } from '../domain/check.js'
import type { Status } from '../domain/tiers.js'

/** How a tier, a rung or a check stands, and why. */
export type Standing = { readonly status: Status; readonly reason: string }

/** What a list of checks amounts to. Where nothing was executed, nothing was proven: `unver`, never pass. */
export function tierStatus(checks: readonly Pick<Check, 'status'>[]): Status {
  const has = (status: Status) => checks.some(check => check.status === status)
  if (has('fail')) return 'fail'
  if (has('unver')) return 'unver'
  return has('pass') ? 'pass' : 'unver'
}

/**
 * Holds what a tier claims of itself against the checks it made: the worse of the two counts. Only a skip may stand on
 * no check at all, since its reason is all there is to it.
 */
export function settle(claim: Standing, checks: readonly Check[]): Standing {
  const executed = checks.some(check => check.status === 'pass' || check.status === 'fail')
  if (claim.status === 'skip' && !executed) return claim
  const found = tierStatus(checks)
  if (worse(claim.status, found) === claim.status && claim.status !== 'pass')
    return claim.reason === '' ? { ...claim, reason: reasonOf(claim.status, checks) } : claim
  return { status: found, reason: reasonOf(found, checks) }
}

const ORDER: readonly Status[] = ['fail', 'unver', 'pass', 'skip']

function worse(one: Status, other: Status): Status {
  return ORDER.indexOf(one) <= ORDER.indexOf(other) ? one : other
}

function reasonOf(status: Status, checks: readonly Check[]): string {
  if (status === 'pass') return ''
  const first = checks.find(check => check.status === status)
  if (first !== undefined) return `${first.name}: ${first.detail}`
  return checks.every(check => check.status === 'skip')
    ? 'no check was executed'
    : 'no reason was given'
}
