/** What a run of tap came to. */
export type Sum = { readonly passed: number; readonly failed: number; readonly skipped: number }

const CLOSING = /^# \{ total: \d+.*\}$/

/**
 * Adds up what tap printed. A file that died counts as failed even when all assertions before its death passed, and a
 * run without tap's closing line is a failure: nothing is green for want of evidence.
 */
export function sumOf(lines: readonly string[]): Sum {
  const closing = lines.findLast(line => CLOSING.test(line))
  const files = lines.filter(line => line.startsWith('not ok ')).length
  if (closing === undefined) return { passed: 0, failed: Math.max(1, files), skipped: 0 }
  return {
    passed: counted(closing, 'pass'),
    failed: Math.max(counted(closing, 'fail'), files),
    skipped: counted(closing, 'skip') + counted(closing, 'todo'),
  }
}

export function add(sums: readonly Sum[]): Sum {
  return {
    passed: sums.reduce((total, { passed }) => total + passed, 0),
    failed: sums.reduce((total, { failed }) => total + failed, 0),
    skipped: sums.reduce((total, { skipped }) => total + skipped, 0),
  }
}

/** The line that CI reads: `N passed, N failed`, and `, N skipped` when something was. */
export function sumLine({ passed, failed, skipped }: Sum): string {
  const tail = skipped === 0 ? '' : `, ${skipped} skipped`
  return `${passed} passed, ${failed} failed${tail}`
}

function counted(closing: string, what: string): number {
  return Number(new RegExp(`\\b${what}: (\\d+)`).exec(closing)?.[1] ?? 0)
}
