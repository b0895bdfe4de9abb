import { printable } from '../domain/printable.js'
import type { ExitCode } from '../errors.js'
import type { RunRow } from '../janitor/runs.js'
import type { SweepRow } from '../janitor/sweep.js'

export type JanitorReport = {
  readonly exit: ExitCode
  readonly suspects: readonly SweepRow[]
  readonly runs: readonly RunRow[]
}

/** One line of JSON. Names and fields only ever grow. */
export function jsonOf(report: JanitorReport): string {
  return `${JSON.stringify(report)}\n`
}

/** A table for people: one line for each suspect and each run folder, then a sum. */
export function tableOf({ suspects, runs }: JanitorReport, dryRun: boolean): string {
  const rows = [
    ...suspects.map(row => [row.action, row.row, row.domain, row.why + outcome(row, dryRun)]),
    ...runs.map(row => [
      row.action,
      'run folder',
      row.run,
      RUN_WHY[row.action] + outcome(row, dryRun),
    ]),
  ].map(cells => cells.map(printable))
  if (rows.length === 0) return 'nothing to do\n'
  const widths = [0, 1, 2].map(column => Math.max(...rows.map(row => (row[column] ?? '').length)))
  const lines = rows.map(row =>
    row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '),
  )
  return `${lines.join('\n')}\n${sum(suspects, dryRun)}\n`
}

const RUN_WHY = {
  abort: 'its run was killed: the record is set to aborted',
  trim: 'older than the runs that are kept',
}

type Carried = { readonly action: string; readonly done: boolean; readonly error: string | null }

function outcome({ action, done, error }: Carried, dryRun: boolean): string {
  if (error !== null) return `; FAILED: ${error}`
  if (done) return '; done'
  return dryRun && action !== 'leave' && action !== 'flag' ? '; not done: dry run' : ''
}

function sum(suspects: readonly SweepRow[], dryRun: boolean): string {
  const count = (action: string) => suspects.filter(row => row.action === action).length
  const failed = suspects.filter(({ error }) => error !== null).length
  const parts = ['reap', 'tidy', 'flag', 'leave'].map(action => `${count(action)} to ${action}`)
  return `${suspects.length} suspects: ${parts.join(', ')}${dryRun ? ' (dry run)' : `; ${failed} failed`}`
}
