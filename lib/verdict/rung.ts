import { RUNG_OF, RUNGS, TIERS, type Rung, type Status, type Tier } from '../domain/tiers.js'
import type { Standing } from './tier-status.js'

/** Everything the rungs rest on. */
export type RungFacts = {
  readonly requested: readonly Tier[]
  /** Tiers that came to an end; a requested one that is missing was not reached. */
  readonly tiers: Readonly<Partial<Record<Tier, Standing>>>
  readonly lint: Standing
  /** Tiers whose generic assertions were left out on request. */
  readonly skipGeneric: readonly Tier[]
}

type RungStanding = Standing & {
  /** It was left out because nobody asked for it: nothing went wrong. */
  readonly byRequest: boolean
}

export type Rungs = Readonly<Record<Rung, RungStanding>>

const NOT_REQUESTED = 'not requested'
const NOT_REACHED = 'not reached'

/** Each rung's status and the reason for it. */
export function rungsOf(facts: RungFacts): Rungs {
  const standings = TIERS.map(tier => ({ tier, ...standingOf(tier, facts) }))
  const rung = (name: Rung) => combine(standings.filter(({ tier }) => RUNG_OF[tier] === name))
  return {
    install: rung('install'),
    upgrade: rung('upgrade'),
    backup_restore: rung('backup_restore'),
    functional: rung('functional'),
    lint: lintRung(facts.lint),
  }
}

/** A tier as the verdict sees it: not requested, not reached, or how it ended. */
export function standingOf(tier: Tier, facts: RungFacts): Standing {
  if (!facts.requested.includes(tier)) return { status: 'unver', reason: NOT_REQUESTED }
  const standing = facts.tiers[tier]
  if (standing === undefined) return { status: 'unver', reason: NOT_REACHED }
  if (standing.status === 'pass' && facts.skipGeneric.includes(tier))
    return { status: 'unver', reason: 'generic assertions were left out on request' }
  return standing
}

type Part = Standing & { readonly tier: Tier }

/** Any fail is fail, else any unver is unver, else all skip is skip, else pass. */
function combine(parts: readonly Part[]): RungStanding {
  const of = (status: Status) => parts.filter(part => part.status === status)
  const unverified = of('unver')
  const unasked = unverified.filter(part => part.reason === NOT_REQUESTED)
  const asked = unverified.filter(part => part.reason !== NOT_REQUESTED)
  const decisive = of('fail')[0] ?? asked[0] ?? unasked[0] ?? of('pass')[0] ?? parts[0]
  if (decisive === undefined) return { status: 'unver', reason: NOT_REACHED, byRequest: false }
  const byRequest = decisive === unasked[0]
  return { status: decisive.status, reason: nameTier(decisive, parts), byRequest }
}

/** Where a rung rests on two tiers, says which one decided, unless both say the same. */
function nameTier(decisive: Part, parts: readonly Part[]): string {
  const same = parts.every(part => part.reason === decisive.reason)
  return same || decisive.reason === '' ? decisive.reason : `${decisive.tier}: ${decisive.reason}`
}

/** Lint always runs, so it is never skip: a lint that was left out is one that could not be done. */
function lintRung({ status, reason }: Standing): RungStanding {
  return { status: status === 'skip' ? 'unver' : status, reason, byRequest: false }
}

export type Skips = {
  readonly intentional: Readonly<Partial<Record<Rung, string>>>
  readonly unintentional: readonly Rung[]
}

/** What was left out on purpose, with the reason, and what should have been checked and was not. */
export function skipsOf(rungs: Rungs): Skips {
  const meant = (rung: Rung) => rungs[rung].status === 'skip' || rungs[rung].byRequest
  return {
    intentional: Object.fromEntries(RUNGS.filter(meant).map(rung => [rung, rungs[rung].reason])),
    unintentional: RUNGS.filter(rung => rungs[rung].status === 'unver' && !meant(rung)),
  }
}
