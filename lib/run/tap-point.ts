import type { Parser, Result } from 'tap-parser'
import type { Check } from '../domain/check.js'
import { NOT_DONE_YET } from './needed-dependency.js'

/** A point, and what stands in the subtest that it closes. */
type Point = { readonly result: Result; readonly below: readonly Point[] | undefined }

/** What a parser has come upon so far. */
export type Collected = {
  readonly points: readonly Point[]
  /** A subtest began that no point has closed. */
  readonly open: boolean
  /** It has a plan, or a comment that names it: not just some indented talk. */
  readonly announced: boolean
}

/** Gathers the points of a parser while it reads, with those of its subtests. */
export function collectPoints(parser: Parser): Collected {
  const points: Point[] = []
  let below: Collected | undefined
  let planned = false
  const subtest = () => (below?.announced === true ? below : undefined)
  parser.on('plan', () => (planned = true))
  parser.on('child', (child: Parser) => (below = collectPoints(child)))
  parser.on('assert', (result: Result) => {
    points.push({ result, below: subtest()?.points })
    below = undefined
  })
  return {
    points,
    get open() {
      return subtest() !== undefined
    },
    get announced() {
      return planned || parser.name !== ''
    },
  }
}

/**
 * One check for a point, and one for each that was skipped in its subtest. A point that says ok over one that is not is not
 * believed, and one over nothing but skipped points has been skipped.
 */
export function checksOfPoint(point: Point): readonly Check[] {
  const own = ownCheck(point)
  if (own.status !== 'pass' || point.below === undefined) return [own]
  const inner = point.below
    .flatMap(each => checksOfPoint(each))
    .map(check => ({ ...check, name: `${own.name} > ${check.name}` }))
  const failed = inner.find(({ status }) => status === 'fail')
  if (failed !== undefined) {
    const detail = `it says ok over "${failed.name}": ${failed.detail}`
    return [{ ...own, status: 'fail', detail }]
  }
  if (inner.length > 0 && !inner.some(({ status }) => status === 'pass'))
    return [{ ...own, ...notExecuted(inner) }]
  return [own, ...inner.filter(({ status }) => status === 'skip')]
}

function notExecuted(inner: readonly Check[]): Pick<Check, 'status' | 'detail'> {
  const skipped = inner.filter(({ status }) => status === 'skip')
  const reasons = [...new Set((skipped.length > 0 ? skipped : inner).map(({ detail }) => detail))]
  return { status: skipped.length > 0 ? 'skip' : 'unver', detail: reasons.join('; ') }
}

function ownCheck({ result, below }: Point): Check {
  const name = result.name === '' ? `point ${result.id}` : result.name
  const check = { name, ms: 0 }
  if (result.tapError !== null) return { ...check, status: 'fail', detail: result.tapError }
  if (result.skip !== false) return { ...check, status: 'skip', detail: reasonOf(result.skip) }
  if (result.todo !== false)
    return { ...check, status: 'skip', detail: `${NOT_DONE_YET}${reasonOf(result.todo)}` }
  const ms = Math.round(result.time ?? 0)
  if (!result.ok) return { name, ms, status: 'fail', detail: explain(result) }
  if (below === undefined && isSuite(result))
    return { name, ms, status: 'unver', detail: 'the suite holds no test' }
  return { name, ms, status: 'pass', detail: '' }
}

/** As Node's runner closes a `describe`. */
function isSuite(result: Result): boolean {
  return (result.diag as { readonly type?: unknown } | null)?.type === 'suite'
}

function explain({ diag }: Result): string {
  return diag === null ? 'not ok' : JSON.stringify(diag).slice(0, 500)
}

function reasonOf(directive: string | boolean): string {
  return typeof directive === 'string' && directive !== '' ? directive : 'no reason given'
}
