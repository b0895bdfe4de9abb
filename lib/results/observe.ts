import type { HappeningBody } from '../domain/events.js'
import { firstCause } from '../verdict/first-cause.js'
import { settle } from '../verdict/tier-status.js'
import { tierProblem } from '../verdict/problem.js'
import { noteDeclared, noteReady, noteUnverified } from './dependency-notes.js'
import { tierNotes, type RunNotes } from './notes.js'

type Of<Type extends HappeningBody['type']> = Extract<HappeningBody, { readonly type: Type }>
type Handlers = {
  readonly [Type in HappeningBody['type']]?: (notes: RunNotes, seen: Of<Type>) => void
}

const MOST_WARNINGS = 100
const MOST_TAILS = 30
const MOST_TAIL_LINES = 200
const MOST_DIAGNOSES = 5

/** What each happening means for the record. Those without a line here mean nothing for it. */
const HANDLERS: Handlers = {
  'run.started': (notes, { domain, lane }) => {
    notes.domain = domain
    notes.lane = lane
  },
  'run.warned': (notes, { text }) => {
    if (notes.warnings.length < MOST_WARNINGS) notes.warnings.push(text)
  },
  'manifest.printed': (notes, { customization }) => {
    notes.customization = customization
  },
  'plan.resolved': (notes, plan) => {
    notes.head = plan.head
    notes.version = plan.headVersion
    notes.base = plan.base
    notes.baseReason = plan.baseReason
    noteDeclared(notes.dependencies, plan)
  },
  'phase.started': ({ timings }, { phase }) => {
    timings.start(phase)
  },
  'phase.finished': ({ timings }, { phase, ms, floorMs }) => {
    timings.finish(phase, ms, floorMs)
  },
  'wait.started': ({ timings }, seen) => {
    timings.startWait(seen.for)
  },
  'wait.finished': ({ timings }, { for: reason, ms, phase }) => {
    timings.finishWait({ for: reason, ms }, phase)
  },
  'lock.waiting': ({ timings }, { domain }) => {
    timings.startWait(lockOf(domain))
  },
  'lock.acquired': ({ timings }, { domain, waitedMs }) => {
    if (waitedMs > 0) timings.finishWait({ for: lockOf(domain), ms: waitedMs }, undefined)
  },
  'lint.finished': (notes, { status, detail, rulesFailed }) => {
    notes.lint = { status, reason: detail, rulesFailed }
  },
  'check.finished': (notes, { tier, check }) => {
    tierNotes(notes, tier).checks.push(check)
    if (check.status === 'fail' || check.status === 'unver')
      notes.cause = firstCause(notes.cause, check.cause)
  },
  'tier.finished': finishTier,
  'canary.listed': (notes, { canaries }) => {
    notes.canaries = canaries
  },
  'snapshot.taken': ({ snapshots }, { id, files, bytes, parts }) => {
    snapshots.push({ id, files, bytes, parts })
  },
  'log.tailed': ({ tails }, { what, lines }) => {
    if (tails.length < MOST_TAILS) tails.push({ what, lines: lines.slice(-MOST_TAIL_LINES) })
  },
  'diagnosis.made': ({ diagnoses }, { diagnosis }) => {
    if (diagnoses.length < MOST_DIAGNOSES) diagnoses.push(diagnosis)
  },
  'compose.compared': (notes, { base, lines, more }) => {
    notes.composeDiff = { base, lines, more }
  },
  'cause.found': (notes, { cause }) => {
    notes.cause ??= cause
  },
  'app.created': ({ apps }, { domain }) => {
    apps.set(domain, { clean: null, leftovers: [] })
  },
  'teardown.started': ({ apps }, { domain }) => {
    if (apps.has(domain)) apps.set(domain, { clean: null, leftovers: [] })
  },
  'teardown.leftover': ({ apps }, { domain, kind, name }) => {
    apps.get(domain)?.leftovers.push(`${kind} ${name}`)
  },
  'teardown.done': ({ apps }, { domain, clean }) => {
    const app = apps.get(domain)
    if (app !== undefined) app.clean = clean
  },
  'deploy.counted': (notes, { expected, counted }) => {
    notes.deployCount = { expected, counted }
  },
  'dependency.ready': ({ dependencies }, seen) => {
    noteReady(dependencies, seen)
  },
  'dependency.unverified': ({ dependencies }, seen) => {
    noteUnverified(dependencies, seen)
  },
  'signal.received': notes => {
    const { timings } = notes
    notes.endedAt ??= { phase: timings.openPhase(), waitingFor: timings.openWait() }
  },
  'app.kept': (notes, { until }) => {
    notes.keptUntil = Date.parse(until) / 1000
  },
}

export function observe(notes: RunNotes, happening: HappeningBody): void {
  const handler = HANDLERS[happening.type] as
    ((notes: RunNotes, seen: HappeningBody) => void) | undefined
  handler?.(notes, happening)
}

/** A tier that ended badly without saying why is itself the first cause, unless there is one already. */
function finishTier(notes: RunNotes, { tier, status, reason, ms }: Of<'tier.finished'>): void {
  const known = tierNotes(notes, tier)
  known.claim = { status, reason }
  known.ms = ms
  const settled = settle(known.claim, known.checks)
  if (!notes.identity.requested.includes(tier)) return
  notes.cause ??= tierProblem(tier, settled)
}

function lockOf(domain: string): string {
  return `the lock of ${domain}`
}
