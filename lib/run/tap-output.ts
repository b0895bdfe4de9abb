import { Parser, type FinalResults, type Result } from 'tap-parser'
import type { Check } from '../domain/check.js'

const VERSION = /^TAP version \d+/m
const PLAN = /^1\.\.\d+/m

/** True when the text is TAP: it has a version line or a plan at the outermost level. */
export function isTap(text: string): boolean {
  return VERSION.test(text) || PLAN.test(text)
}

/**
 * Reads TAP at the outermost level, point by point (subtests count through the point that closes them).
 * A missing plan, a plan that does not match, "Bail out!" and an exit code that contradicts the points are failed
 * checks of their own: TAP that stopped half-way is never a pass.
 */
export function readTap(text: string, exitCode: number | null): readonly Check[] {
  const points: Check[] = []
  let final: FinalResults | undefined
  const parser = new Parser({ strict: false })
  parser.on('assert', (result: Result) => points.push(pointCheck(result)))
  parser.on('complete', (results: FinalResults) => (final = results))
  parser.end(text.endsWith('\n') ? text : `${text}\n`)
  if (final?.plan.end === 0 && points.length === 0) return [wholeSkip(final.plan.comment)]
  return [...points, ...problems(points, final, exitCode).map(streamFailure)]
}

function pointCheck(result: Result): Check {
  const name = result.name === '' ? `point ${result.id}` : result.name
  if (result.skip !== false) return { name, status: 'skip', ms: 0, detail: reasonOf(result.skip) }
  if (result.todo !== false && !result.ok)
    return { name, status: 'skip', ms: 0, detail: `not done yet: ${reasonOf(result.todo)}` }
  const ms = Math.round(result.time ?? 0)
  return { name, status: result.ok ? 'pass' : 'fail', ms, detail: result.ok ? '' : explain(result) }
}

function explain(result: Result): string {
  return result.diag === null ? 'not ok' : JSON.stringify(result.diag).slice(0, 500)
}

function problems(
  points: readonly Check[],
  final: FinalResults | undefined,
  exitCode: number | null,
): string[] {
  const found: string[] = []
  if (final !== undefined && final.bailout !== false)
    found.push(`bailed out: ${reasonOf(final.bailout)}`)
  const planned = final?.plan.end ?? null
  if (planned === null) found.push(`no plan after ${points.length} points: the test stopped early`)
  else if (planned !== points.length) found.push(`planned ${planned} points, saw ${points.length}`)
  if (exitCode !== 0 && points.every(point => point.status !== 'fail'))
    found.push(`no point failed, but the exit code is ${exitCode ?? 'none'}`)
  return found
}

function streamFailure(detail: string): Check {
  return { name: 'TAP stream', status: 'fail', ms: 0, detail }
}

function wholeSkip(reason: string): Check {
  return reason === ''
    ? { name: 'TAP stream', status: 'unver', ms: 0, detail: 'planned no point and gave no reason' }
    : { name: 'TAP stream', status: 'skip', ms: 0, detail: reason }
}

function reasonOf(directive: string | boolean): string {
  return typeof directive === 'string' && directive !== '' ? directive : 'no reason given'
}
