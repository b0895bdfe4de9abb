import { Parser, type FinalResults } from 'tap-parser'
import type { Check } from '../domain/check.js'
import { checksOfPoint, collectPoints, type Collected } from './tap-point.js'

const VERSION = /^TAP version \d+/m
const PLAN = /^1\.\.\d+\s*(#.*)?$/m
/** Of points without version and plan, those that tell what no exit code does: one failed, or one was skipped. */
const TELLING_POINT = /^(not ok \d+\b|ok \d+ - .*#\s*skip\b)/im

/**
 * True when the text is TAP: at the outermost level it has a version line, a plan, or a point that tells more than the exit
 * code does. A script may say "ok 200 - /login" in passing.
 */
export function isTap(text: string): boolean {
  return VERSION.test(text) || PLAN.test(text) || TELLING_POINT.test(text)
}

/** How the process that wrote it ended. */
export type Writer = {
  readonly exitCode: number | null
  /** Only the end of what it wrote is there. */
  readonly cut?: boolean
}

/**
 * Reads TAP at the outermost level, point by point (a subtest counts through the point that closes it, and what is skipped
 * in it is told). A missing plan, a plan that does not match, "Bail out!" and an exit code that contradicts the points are
 * failed checks of their own: TAP that stopped half-way is never a pass.
 */
export function readTap(text: string, writer: Writer): readonly Check[] {
  let final: FinalResults | undefined
  const parser = new Parser({ strict: false })
  const found = collectPoints(parser)
  parser.on('complete', (results: FinalResults) => (final = results))
  parser.end(text.endsWith('\n') ? text : `${text}\n`)
  const checks = found.points.flatMap(point => checksOfPoint(point))
  const wrong = problems({ text, found, checks, final }, writer)
  if (wrong.length === 0 && final?.plan.end === 0) return [wholeSkip(final.plan.comment)]
  return [...checks, ...wrong.map(streamFailure)]
}

type Stream = {
  readonly text: string
  readonly found: Collected
  readonly checks: readonly Check[]
  readonly final: FinalResults | undefined
}

function problems(stream: Stream, writer: Writer): string[] {
  const { text, found, checks } = stream
  const wrong: string[] = []
  // Behind a plan of none the parser reads no further.
  const bail = /^Bail out!\s*(.*)$/m.exec(text)
  if (bail !== null) wrong.push(`bailed out: ${bail[1] === '' ? 'no reason given' : bail[1]}`)
  if (writer.cut === true) wrong.push('it is too long: only the end of it was kept')
  if (found.open) wrong.push('a subtest has no point that closes it')
  if (!isPlainTalk(text, writer)) wrong.push(...planProblems(stream))
  if (writer.exitCode !== 0 && checks.every(({ status }) => status !== 'fail'))
    wrong.push(`no point failed, but the exit code is ${writer.exitCode ?? 'none'}`)
  return wrong
}

/** A script that says ok in passing: it has announced no TAP, and its exit code says that it came to its end. */
function isPlainTalk(text: string, { exitCode, cut = false }: Writer): boolean {
  return exitCode === 0 && !cut && !VERSION.test(text) && !PLAN.test(text)
}

function planProblems({ text, found, final }: Stream): string[] {
  // Where there is none, the parser makes one up at the end.
  const planned = PLAN.test(text) ? (final?.plan.end ?? null) : null
  const seen = found.points.length
  if (planned === null) return [`no plan after ${seen} points: the test stopped early`]
  return planned === seen ? [] : [`planned ${planned} points, saw ${seen}`]
}

function streamFailure(detail: string): Check {
  return { name: 'TAP stream', status: 'fail', ms: 0, detail }
}

function wholeSkip(reason: string): Check {
  return reason === ''
    ? { name: 'TAP stream', status: 'unver', ms: 0, detail: 'planned no point and gave no reason' }
    : { name: 'TAP stream', status: 'skip', ms: 0, detail: reason }
}
