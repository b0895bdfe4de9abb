import { median } from './measure.js'

/** One comparison: what we took, what the floor took, in turn, and how many times the floor is allowed. */
export type Row = {
  readonly what: string
  readonly floor: string
  readonly oursMs: readonly number[]
  readonly floorMs: readonly number[]
  readonly limit: number
  /** More numbers for a reader: memory, CPU. */
  readonly more: readonly string[]
}

export function ratioOf({ oursMs, floorMs }: Row): number {
  return median(oursMs) / median(floorMs)
}

/** Medians, their ratio and the promise; then what else was measured. */
export function tableOf(rows: readonly Row[]): string {
  const lines = rows.map(row => {
    const ratio = ratioOf(row)
    const cells = [
      row.what.padEnd(26),
      ms(median(row.oursMs)),
      ms(median(row.floorMs)),
      ratio.toFixed(2).padStart(7),
      row.limit.toFixed(2).padStart(7),
      ratio <= row.limit ? 'kept' : 'NOT KEPT',
    ]
    return [cells.join('  '), `    against ${row.floor}`, ...row.more.map(text => `    ${text}`)]
  })
  const head = `${'what'.padEnd(26)}    ours ms   floor ms    ratio    limit`
  return [head, ...lines.flat()].join('\n')
}

function ms(value: number): string {
  return value.toFixed(value < 1000 ? 1 : 0).padStart(9)
}
