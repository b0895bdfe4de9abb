import { median } from './measure.js'

/** One comparison: what we took, what the floor took, in turn, and how many times the floor is allowed. */
export type Ratio = {
  readonly what: string
  readonly floor: string
  readonly oursMs: readonly number[]
  readonly floorMs: readonly number[]
  readonly limit: number
  /** More numbers for a reader: memory, CPU. */
  readonly more: readonly string[]
}

/** One figure that has to stay below a limit of its own. */
export type Figure = {
  readonly what: string
  /** How it came about, for the second line. */
  readonly how: string
  /** The median of these counts. */
  readonly figureMs: readonly number[]
  readonly limitMs: number
  readonly more: readonly string[]
}

export type Row = Ratio | Figure

export function isKept(row: Row): boolean {
  return 'floorMs' in row ? ratioOf(row) <= row.limit : median(row.figureMs) <= row.limitMs
}

function ratioOf({ oursMs, floorMs }: Ratio): number {
  return median(oursMs) / median(floorMs)
}

/** Medians, their ratio and the promise; then what else was measured. */
export function tableOf(rows: readonly Row[]): string {
  const lines = rows.map(row => {
    const cells = [row.what.padEnd(WIDTH), ...cellsOf(row), isKept(row) ? 'kept' : 'NOT KEPT']
    const how = 'floorMs' in row ? `against ${row.floor}` : row.how
    return [cells.join('  '), `    ${how}`, ...row.more.map(text => `    ${text}`)]
  })
  const head = `${'what'.padEnd(WIDTH)}    ours ms   floor ms    ratio    limit`
  return [head, ...lines.flat()].join('\n')
}

const WIDTH = 34

function cellsOf(row: Row): string[] {
  if (!('floorMs' in row))
    return [ms(median(row.figureMs)), ''.padStart(9), ''.padStart(7), ms(row.limitMs).slice(2)]
  const numbers = [ms(median(row.oursMs)), ms(median(row.floorMs))]
  return [...numbers, ratioOf(row).toFixed(2).padStart(7), row.limit.toFixed(2).padStart(7)]
}

/** Three digits that count, or more. */
export function ms(value: number): string {
  const digits = value < 1 ? 3 : value < 1000 ? 1 : 0
  return value.toFixed(digits).padStart(9)
}
