import type { CrashPoint } from '../domain/crash-points.js'
import type { Thing } from './census.js'
import type { Row } from './row.js'

const POINT_WIDTH = 20
const LEFT_WIDTH = 110
const AFTER_WIDTH = 12

export function tableHead(): string {
  return [
    line('#', 'point', 'left behind before the sweep', 'after', 's'),
    line('-', '-----', '----------------------------', '-----', '-'),
  ].join('\n')
}

/** One line of the table; when the row is not clean, what is wrong with it below. */
export function tableRow(row: Row): string {
  const left = row.leftBehind.length === 0 ? 'nothing' : kinds(row.leftBehind)
  const seconds = row.seconds.toFixed(1)
  const first = line(String(row.number), row.point, row.reached ? left : '', after(row), seconds)
  if (row.clean) return first
  const survivors = row.leftBehind.filter(({ kind }) => kind === 'process')
  const wrong = [...survivors, ...row.afterSweep].map(({ kind, name }) => `${kind} ${name}`)
  return [first, ...[...wrong, ...row.problems].map(text => `       ! ${text}`)].join('\n')
}

function after({ reached, clean, afterSweep }: Row): string {
  if (!reached) return 'not reached'
  if (clean) return 'clean'
  return afterSweep.length > 0 ? `${afterSweep.length} left` : 'not clean'
}

/** `2 services, 1 network, 1 env file`, in the order in which they were found. */
function kinds(things: readonly Thing[]): string {
  const counts = new Map<string, number>()
  for (const { kind } of things) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return [...counts]
    .map(([kind, count]) => `${count} ${count === 1 ? kind : many(kind)}`)
    .join(', ')
}

function many(kind: string): string {
  return kind.endsWith('s') ? `${kind}es` : `${kind}s`
}

/** The last line: how many rows are clean. */
export function tableFoot(rows: readonly Row[], leftOut: readonly CrashPoint[]): string {
  const clean = rows.filter(row => row.clean).length
  const seconds = rows.reduce((sum, row) => sum + row.seconds, 0).toFixed(0)
  const out = leftOut.length === 0 ? '' : `; left out: ${leftOut.join(', ')}`
  return `${clean} of ${rows.length} points clean in ${seconds} s${out}`
}

function line(number: string, point: string, ...rest: [string, string, string]): string {
  const [left, afterwards, seconds] = rest
  const cells = [number.padStart(3), point.padEnd(POINT_WIDTH), left.padEnd(LEFT_WIDTH)]
  return [...cells, afterwards.padEnd(AFTER_WIDTH), seconds.padStart(6)].join('  ')
}
