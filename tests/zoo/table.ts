import type { Animal } from './animal.js'
import type { Ran } from './run-animal.js'

const COLUMNS = ['animal', 'expected', 'got', 'evidence', 'verdict', 'all'] as const
const WIDTHS = [22, 34, 22, 8, 8, 7] as const

/** The heading of the table. */
export function heading(): string {
  return row(COLUMNS)
}

/** One line a run, and below it what was wrong. */
export function lineOf(ran: Ran): string {
  const { animal, got, sinceFirstMs, sinceLastMs, ms, wrongs } = ran
  const told = [seconds(sinceFirstMs), seconds(sinceLastMs), seconds(ms)]
  const line = row([animal.name, nameOf(animal), got, ...told])
  return [line, ...wrongs.map(wrong => `    WRONG: ${wrong}`)].join('\n')
}

/** `install fail: crash_loop`, `green`. */
export function nameOf({ expected }: Animal): string {
  const { exit, rungs, cause } = expected
  if (exit === 0) return 'green'
  const bad = Object.entries(rungs).find(([, status]) => status === 'fail' || status === 'unver')
  const where = bad === undefined ? '' : `${bad.join(' ')}: `
  return `${where}${cause ?? ''}${exit === 1 ? ' (exit 1)' : ''}`
}

function row(cells: readonly string[]): string {
  return cells
    .map((cell, index) =>
      index < 3 ? cell.padEnd(WIDTHS[index] ?? 0) : cell.padStart(WIDTHS[index] ?? 0),
    )
    .join(' ')
    .trimEnd()
}

function seconds(ms: number | undefined): string {
  return ms === undefined ? '-' : (ms / 1000).toFixed(1)
}
