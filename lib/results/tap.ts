import type { Results, StageRow, TestRow } from '../domain/results.js'
import type { Status } from '../domain/tiers.js'
import { pointsOf, type Point } from './points.js'

/** A finished run as TAP 14: a tier is a subtest, a check a test point; `unver` is `not ok` and says so. */
export function tapOf(results: Results): string {
  return [`TAP version 14`, ...tapBody(results), ''].join('\n')
}

/** The same without its version line, for a stream that has begun already. */
export function tapBody(results: Results): readonly string[] {
  const points = pointsOf(results)
  const stages = results.stages
  const bail = results.reason === 'completed' ? [] : [`Bail out! ${plain(endOf(results))}`]
  return [
    ...stages.flatMap((stage, index) => stageLines(stage, index + 1)),
    ...points.flatMap((point, index) => pointLines(point, stages.length + index + 1)),
    ...bail,
    `1..${stages.length + points.length}`,
  ]
}

function endOf({ reason, cause }: Results): string {
  return `${reason ?? 'unfinished'}${cause === null ? '' : `: ${cause.sentence}`}`
}

function stageLines(stage: StageRow, id: number): readonly string[] {
  const checks = stage.tests.flatMap((test, index) => testLines(test, index + 1))
  const subtest = [`# Subtest: ${stage.name}`, ...indent([...checks, `1..${stage.tests.length}`])]
  return [
    ...(stage.tests.length === 0 ? [] : subtest),
    ...testLines({ ...stage, detail: stage.reason }, id),
  ]
}

function pointLines(point: Point, id: number): readonly string[] {
  return testLines({ ...point, ms: 0 }, id, point.advisory)
}

function testLines(test: TestRow, id: number, advisory = false): readonly string[] {
  const ok = test.status === 'pass' || test.status === 'skip' ? 'ok' : 'not ok'
  return [
    `${ok} ${id} - ${escape(test.name)}${directive(test, advisory)}`,
    ...(test.status === 'skip' ? [] : diagnosis(test)),
  ]
}

function directive({ status, detail }: TestRow, advisory: boolean): string {
  if (status === 'skip') return ` # SKIP ${escape(detail)}`
  return advisory && bad(status) ? ' # TODO does not change the verdict' : ''
}

function diagnosis({ status, ms, detail }: TestRow): readonly string[] {
  const seen = detail === '' ? [] : [`message: ${JSON.stringify(detail)}`]
  const what = bad(status) ? [`status: ${status}`, ...seen] : seen
  const time = ms > 0 ? [`duration_ms: ${ms}`] : []
  const lines = [...what, ...time]
  return lines.length === 0 ? [] : indent(['---', ...lines, '...'], '  ')
}

function bad(status: Status): boolean {
  return status === 'fail' || status === 'unver'
}

function indent(lines: readonly string[], by = '    '): readonly string[] {
  return lines.map(line => by + line)
}

function escape(text: string): string {
  return plain(text).replaceAll('\\', '\\\\').replaceAll('#', '\\#')
}

/** One line without control characters. */
function plain(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim()
}
