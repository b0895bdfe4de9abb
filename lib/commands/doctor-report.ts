import type { Finding, Severity } from '../domain/finding.js'
import { printable } from '../domain/printable.js'
import type { ExitCode } from '../errors.js'
import type { Paint } from '../report/paint.js'

export type DoctorReport = { readonly exit: ExitCode; readonly checks: readonly Finding[] }

/** One line of JSON. Names and fields only ever grow. */
export function doctorJson(report: DoctorReport): string {
  return JSON.stringify(report)
}

/** One line for each check, with its fix below where there is something to do; then a sum. */
export function doctorTable(checks: readonly Finding[], paint: Paint): readonly string[] {
  const width = Math.max(...checks.map(({ id }) => id.length))
  const tint = { ok: paint.good, warn: paint.odd, fail: paint.bad }
  const lines = checks.flatMap(({ id, severity, seen, fix }) => [
    `${tint[severity](severity.padEnd(4))}  ${id.padEnd(width)}  ${printable(seen)}`,
    ...(fix === '' ? [] : [`${' '.repeat(width + 8)}${paint.dim('fix:')} ${printable(fix)}`]),
  ])
  return [...lines, '', sum(checks)]
}

function sum(checks: readonly Finding[]): string {
  const count = (wanted: Severity) => checks.filter(({ severity }) => severity === wanted).length
  return `${checks.length} checks: ${count('ok')} ok, ${count('warn')} warn, ${count('fail')} fail`
}
