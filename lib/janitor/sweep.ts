import type { Reached } from '../domain/crash-points.js'
import type { Emit } from '../domain/events.js'
import type { Rule } from './decide.js'
import { reap, tidy, type Reaping } from './reap.js'
import { survey } from './survey.js'
import type { Suspect } from './suspect.js'
import { decideOn, type SweepRow } from './sweep-row.js'
import type { World } from './world.js'

export type { SweepRow } from './sweep-row.js'

export type SweepOptions = {
  readonly suffix: string
  readonly lockDir: string
  readonly stateDir: string
  /** Of a run, ms: a lock held for more than twice as long is flagged. */
  readonly deadlineMs: number
  readonly world: World
  /** Decide and say, change nothing. */
  readonly dryRun: boolean
  /** Who sweeps, for the lockfile of an orphan that is being removed. */
  readonly runId: string
  readonly pid: number
  readonly emit: Emit
  readonly now: () => Date
  /** Ends the sweep; its reason is thrown. */
  readonly signal: AbortSignal
  /** For one suspect, ms; default one minute. */
  readonly reapMs?: number
  /** For all of them, ms: what is left then is left for another sweep. Default: no limit. */
  readonly sweepMs?: number
  readonly reached?: Reached | undefined
}

export const REAP_MS = 60_000

/**
 * Looks at every suspect, decides, and reaps or tidies. A suspect that does not go is told once, and the sweep goes on.
 * Throws only when the apps cannot be listed, or the signal's reason.
 */
export async function sweep(options: SweepOptions): Promise<SweepRow[]> {
  const rows: SweepRow[] = []
  const { deadlineMs, sweepMs, signal } = options
  const outOfTime = sweepMs === undefined ? signal : AbortSignal.timeout(sweepMs)
  for await (const suspect of survey({ ...options, overdueMs: 2 * deadlineMs, outOfTime })) {
    signal.throwIfAborted()
    rows.push(await settle(suspect, options))
  }
  return rows
}

async function settle(suspect: Suspect, options: SweepOptions): Promise<SweepRow> {
  const decided = decideOn(suspect, options.emit)
  return { ...decided.row, ...(await carryOut(decided.rule, suspect, options)) }
}

async function carryOut(
  { action }: Rule,
  { domain, lock }: Suspect,
  options: SweepOptions,
): Promise<Pick<SweepRow, 'done' | 'error'>> {
  // Without a lock there is nothing to carry out: only a dry run decides so much without holding one.
  if (options.dryRun || lock === undefined) return { done: false, error: null }
  if (action !== 'reap' && action !== 'tidy') return { done: false, error: null }
  const started = performance.now()
  try {
    await (action === 'reap' ? reap : tidy)(lock, reapingOf(options))
    const ms = Math.round(performance.now() - started)
    options.emit({ type: 'janitor.done', domain, action, ms })
    return { done: true, error: null }
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown.message : String(thrown)
    options.emit({ type: 'janitor.stuck', domain, error })
    return { done: false, error }
  }
}

function reapingOf(options: SweepOptions): Reaping {
  const { world, stateDir, emit, runId, pid, now, reapMs, reached } = options
  const note = { run_id: runId, pid, started: now().toISOString(), for: 'the removal of an orphan' }
  return { world, stateDir, emit, note, reached, limitMs: reapMs ?? REAP_MS }
}
