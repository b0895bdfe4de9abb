import type { JanitorAction } from '../domain/events.js'

/** All that a survey could establish about one suspect, and all that a decision may rest on. */
export type Evidence = {
  /** Its name has the shape that only runs produce, or not. */
  readonly name: 'run-app' | 'protected'
  readonly lease: 'none' | 'active' | 'unreadable'
  /** What asking for its lock without waiting gave; `not-probed` when nobody asked. */
  readonly probe: 'won' | 'refused' | 'replaced' | 'unreadable' | 'no-dir' | 'not-probed'
  /** How long a holder has held it, against twice the deadline of a run. */
  readonly held: 'in-time' | 'overdue'
  readonly lockfile: 'existed' | 'missing'
  /** Whether anything belongs to it, counted after its lock was won. */
  readonly app: 'present' | 'absent' | 'uncounted'
}

export type Rule = {
  readonly row: string
  readonly when: Partial<Evidence>
  readonly action: JanitorAction
  readonly why: string
}

/** First match wins. The order is the safety argument: every reason to hold back precedes the one to reap. */
// prettier-ignore
export const RULES: readonly Rule[] = [
  { row: 'protected',        when: { name: 'protected' },    action: 'leave', why: 'not the name of a run app: never ours to touch' },
  { row: 'leased',           when: { lease: 'active' },      action: 'leave', why: 'kept on purpose' },
  { row: 'lease-unreadable', when: { lease: 'unreadable' },  action: 'flag',  why: 'its lease cannot be read: a person must look' },
  { row: 'lock-dir-missing', when: { probe: 'no-dir' },      action: 'flag',  why: 'there is no lock folder to ask in' },
  { row: 'lock-unreadable',  when: { probe: 'unreadable' },  action: 'flag',  why: 'its lock cannot be asked for: a person must look' },
  { row: 'not-probed',       when: { probe: 'not-probed' },  action: 'leave', why: 'not looked at: the sweep ran out of time' },
  { row: 'overdue',          when: { probe: 'refused', held: 'overdue' }, action: 'flag', why: 'possible leaked run: held longer than twice the deadline, never stolen' },
  { row: 'live',             when: { probe: 'refused' },     action: 'leave', why: 'a live run holds the lock' },
  { row: 'replaced',         when: { probe: 'replaced' },    action: 'leave', why: 'a newer run owns the path of the lock' },
  { row: 'uncounted',        when: { app: 'uncounted' },     action: 'flag',  why: 'what belongs to it could not be counted' },
  { row: 'stale',            when: { app: 'absent' },        action: 'tidy',  why: 'stale lockfile without an app' },
  { row: 'reboot',           when: { app: 'present', lockfile: 'missing' }, action: 'reap', why: 'orphan: an app without any lockfile, as after a reboot' },
  { row: 'orphan',           when: { app: 'present' },       action: 'reap',  why: 'orphan: an app whose run is dead' },
]

/** Throws a RangeError when no rule covers the evidence, which the tests rule out. */
export function decide(evidence: Evidence): Rule {
  const rule = RULES.find(({ when }) => fits(when, evidence))
  if (rule === undefined) throw new RangeError(`No rule covers ${JSON.stringify(evidence)}`)
  return rule
}

function fits(when: Partial<Evidence>, evidence: Evidence): boolean {
  return Object.entries(when).every(([fact, value]) => evidence[fact as keyof Evidence] === value)
}
