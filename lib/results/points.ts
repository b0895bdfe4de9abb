import type { Results } from '../domain/results.js'
import type { Status } from '../domain/tiers.js'

/** One line of a test report that is no check of a tier: lint, the teardown, the deploy count. */
export type Point = {
  readonly name: string
  readonly status: Status
  readonly detail: string
  /** It informs and never turns a report red. */
  readonly advisory: boolean
}

/** What a run proves besides its tiers, so that a report is red whenever the run is. */
export function pointsOf(results: Results): readonly Point[] {
  return [...dependencyPoints(results), ...ownPointsOf(results)]
}

/** Those that are about the harness' own work. */
export function ownPointsOf(results: Results): readonly Point[] {
  return [
    lintPoint(results),
    teardownPoint(results),
    countPoint(results),
    ...leakPoint(results),
    ...endPoint(results),
  ]
}

function dependencyPoints({ dependencies }: Results): readonly Point[] {
  return dependencies.map(({ name, domain, verified, reason }) => ({
    name: `dependency ${name}`,
    status: verified ? 'pass' : 'unver',
    detail: verified ? domain : reason,
    advisory: false,
  }))
}

function lintPoint({ lint }: Results): Point {
  return { name: 'lint', status: lint.status, detail: lint.detail, advisory: true }
}

function teardownPoint({ flags, kept_until, cause }: Results): Point {
  const point = { name: 'clean teardown', advisory: false }
  if (kept_until !== undefined)
    return { ...point, status: 'skip', detail: `kept until ${isoOf(kept_until)}` }
  if (flags.clean_teardown === true) return { ...point, status: 'pass', detail: '' }
  if (flags.clean_teardown === null)
    return { ...point, status: 'unver', detail: 'no app was created, or no census came after' }
  const detail = cause?.class === 'leftovers' ? cause.sentence : 'something was left behind'
  return { ...point, status: 'fail', detail }
}

function countPoint({ flags: { deploy_count: count } }: Results): Point {
  const point = { name: 'deploy count', advisory: false }
  if (count === null) return { ...point, status: 'unver', detail: 'never counted' }
  const status = count.counted === count.expected ? 'pass' : 'fail'
  return { ...point, status, detail: `${count.counted} counted, ${count.expected} expected` }
}

function leakPoint({ flags }: Results): readonly Point[] {
  if (flags.no_secret_leak === true) return []
  const status = flags.no_secret_leak === false ? 'fail' : 'unver'
  const detail =
    status === 'fail' ? 'a secret was written, see warnings' : 'not searched to the end'
  return [{ name: 'no secret leak', status, detail, advisory: true }]
}

/** A run that was cut short, or that could not test, may have found nothing but good until then. */
function endPoint({ reason, cause }: Results): readonly Point[] {
  if (reason === 'completed') return []
  const detail = cause?.sentence ?? reason ?? 'it never ended'
  return [{ name: 'the run came to a verdict', status: 'unver', detail, advisory: false }]
}

function isoOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString()
}
