import type { Emit } from '../domain/events.js'
import type { JanitorRequest } from '../domain/request.js'
import { EXIT, type ExitCode } from '../errors.js'
import type { RunRow, RunsOptions } from '../janitor/runs.js'
import type { SweepOptions, SweepRow } from '../janitor/sweep.js'
import { jsonOf, tableOf } from './janitor-report.js'

/** What the janitor may do to the outside world. */
export type JanitorPorts = {
  readonly sweep: (options: Omit<SweepOptions, 'world'>) => Promise<readonly SweepRow[]>
  readonly tidyRuns: (options: RunsOptions) => Promise<readonly RunRow[]>
  readonly stdout: (text: string) => void
  readonly emit: Emit
  readonly now: () => Date
  readonly signal: AbortSignal
  readonly pid: number
}

/**
 * One sweep over all suspects and run folders. Red only when a reap or tidy failed: a live, flagged or unreadable one is
 * no failure. Throws when the apps cannot be listed.
 */
export async function janitor(request: JanitorRequest, ports: JanitorPorts): Promise<ExitCode> {
  const { config, dryRun } = request
  const { domain: suffix, lockDir, stateDir, deadlineMs, runsDir, keepRuns } = config
  const { emit, now, signal, pid } = ports
  const around = { dryRun, emit, now }
  for (const text of request.warnings) emit({ type: 'run.warned', text })
  const places = { suffix, lockDir, stateDir, deadlineMs }
  const rows = await ports.sweep({ ...places, ...around, signal, pid, runId: 'janitor' })
  const runs = await ports.tidyRuns({ runsDir, keepRuns, ...around })
  const exit = rows.some(({ error }) => error !== null) ? EXIT.red : EXIT.green
  const report = { exit, suspects: rows, runs }
  ports.stdout(request.json ? jsonOf(report) : tableOf(report, dryRun))
  return exit
}
