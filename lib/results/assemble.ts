import type { Cause } from '../domain/cause.js'
import type { Results } from '../domain/results.js'
import { TIERS, type Tier } from '../domain/tiers.js'
import type { ExitCode } from '../errors.js'
import { causeOfEnd } from '../verdict/ending.js'
import { endReason, exitOf, type EarlyEnd } from '../verdict/exit.js'
import { problemsOf, type ProblemFacts } from '../verdict/problem.js'
import { settle, tierStatus, type Standing } from '../verdict/tier-status.js'
import { tierNotes, type RunNotes } from './notes.js'
import { common, identityOf, resultsOf, stagesOf } from './rows.js'

/** How a run came to its end: an early end with its code, or none when it went all the way. */
export type Ending = {
  readonly end: EarlyEnd | undefined
  /** What the early end amounts to, where it is known better than from its reason alone. */
  readonly cause: Cause | undefined
  readonly leak: boolean | null
  readonly nowMs: number
}

/** The record of a run that goes on: status `running`, all finished tiers. */
export function running(notes: RunNotes): Results {
  const tiers = claimed(notes)
  const facts = factsOf(notes, tiers)
  const ended = [...tiers.keys()]
  return {
    ...identityOf(notes),
    status: 'running',
    reason: null,
    exit_code: null,
    finished: null,
    ...common(notes, facts),
    stages: stagesOf(notes, facts, ended),
    results: resultsOf(facts, ended),
    cause: publicCause(notes.cause),
  }
}

/** The record of a run that is over, with the exit code that its facts lead to. */
export function finished(
  notes: RunNotes,
  { end, cause, leak, nowMs }: Ending,
): { readonly results: Results; readonly code: ExitCode } {
  const facts = factsOf(notes, settled(notes, end))
  const first = notes.cause ?? cause ?? (end && causeOfEnd(end, notes.endedAt ?? NOWHERE))
  const problems = problemsOf(facts)
  const code = exitOf({ end, problems, cause: first })
  const record = common(notes, facts)
  return {
    code,
    results: {
      ...identityOf(notes),
      status: 'finished',
      reason: endReason(end, code),
      exit_code: code,
      finished: nowMs / 1000,
      ...record,
      stages: stagesOf(notes, facts, requestedTiers(notes)),
      results: resultsOf(facts, requestedTiers(notes)),
      flags: { ...record.flags, no_secret_leak: leak },
      cause: publicCause(first ?? problems[0]),
    },
  }
}

const NOWHERE = { phase: undefined, waitingFor: undefined }

type Standings = ReadonlyMap<Tier, Standing>

/** Tiers that came to an end, each held against its checks. */
function claimed(notes: RunNotes): Standings {
  const ended = requestedTiers(notes).flatMap((tier): [Tier, Standing][] => {
    const { claim, checks } = tierNotes(notes, tier)
    return claim === undefined ? [] : [[tier, settle(claim, checks)]]
  })
  return new Map(ended)
}

/** The same once nothing more will come: a tier that was cut short is unver, or fail if a check had failed. */
function settled(notes: RunNotes, end: EarlyEnd | undefined): Standings {
  const all = new Map(claimed(notes))
  for (const tier of requestedTiers(notes)) {
    const { claim, checks } = tierNotes(notes, tier)
    if (claim === undefined && checks.length > 0) {
      const reason = `cut short: ${end?.reason ?? 'the tier never ended'}`
      const status = tierStatus(checks) === 'fail' ? 'fail' : 'unver'
      all.set(tier, settle({ status, reason }, checks))
    }
  }
  return all
}

function requestedTiers({ identity }: RunNotes): readonly Tier[] {
  return TIERS.filter(tier => identity.requested.includes(tier))
}

function factsOf(notes: RunNotes, tiers: Standings): ProblemFacts {
  const apps = [...notes.apps.values()]
  const leftovers = apps.flatMap(app => app.leftovers)
  // Not clean, and nothing left: the census could not be taken.
  const dirty = leftovers.length > 0
  const proven = apps.length > 0 && apps.every(app => app.clean === true)
  return {
    requested: notes.identity.requested,
    tiers: Object.fromEntries(tiers),
    lint: notes.lint,
    skipGeneric: notes.identity.skipGeneric,
    deployCount: notes.deployCount,
    leftovers,
    clean: notes.keptUntil !== null ? null : dirty ? false : proven ? true : null,
    kept: notes.keptUntil !== null,
    unverifiedDependencies: unverified(notes),
  }
}

function unverified({ dependencies }: RunNotes): ProblemFacts['unverifiedDependencies'] {
  return [...dependencies.values()]
    .filter(({ verified }) => !verified)
    .map(({ name, reason }) => ({ recipe: name, reason }))
}

/** Readers know one name for "no node takes the task"; only the exit code tells constraint from resources. */
function publicCause(cause: Cause | undefined): Cause | null {
  if (cause === undefined) return null
  return cause.class === 'no_resources' ? { ...cause, class: 'no_node' } : cause
}
