import type { Emit, JanitorAction } from '../domain/events.js'
import { decide, type Rule } from './decide.js'
import type { Suspect } from './suspect.js'

/** What a sweep made of one suspect. */
export type SweepRow = {
  readonly domain: string
  /** Name of the rule that decided. */
  readonly row: string
  readonly action: JanitorAction
  readonly why: string
  readonly held_by: string | null
  /** ISO 8601, UTC. */
  readonly held_since: string | null
  /** Reaped or tidied. */
  readonly done: boolean
  readonly error: string | null
}

/** Decides on a suspect and tells; the row says that nothing is done yet. */
export function decideOn(suspect: Suspect, emit: Emit): { rule: Rule; row: SweepRow } {
  const { domain, detail, heldBy, heldSince } = suspect
  const rule = decide(suspect.evidence)
  const why = detail === '' ? rule.why : `${rule.why} (${detail})`
  emit({ type: 'janitor.decided', domain, row: rule.row, action: rule.action, why })
  const held = { held_by: heldBy, held_since: heldSince?.toISOString() ?? null }
  const row = { domain, row: rule.row, action: rule.action, why, ...held }
  return { rule, row: { ...row, done: false, error: null } }
}
