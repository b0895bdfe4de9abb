import type { Results, StageRow, TestRow } from '../domain/results.js'
import { pointsOf, type Point } from './points.js'
import { escapeXml } from './xml.js'

/**
 * A run as JUnit XML, in the part of the format that Jenkins', Ant's and GitLab's readers share: every tier a suite,
 * `fail` a failure, `unver` an error, `skip` skipped. A tier that ends badly without a bad check gets a case for it.
 */
export function junitOf(results: Results, hostname: string): string {
  const suites = [
    ...results.stages.map(stage => ({ name: stage.name, cases: casesOf(stage) })),
    { name: 'run', cases: pointsOf(results).map(pointCase) },
  ]
  const origin = { results, hostname }
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites>',
    ...suites.flatMap((suite, id) => suiteLines(suite, id, origin)),
    '</testsuites>',
    '',
  ].join('\n')
}

type Case = TestRow & { readonly advisory?: boolean }
type Suite = { readonly name: string; readonly cases: readonly Case[] }
type Origin = { readonly results: Results; readonly hostname: string }

function casesOf(stage: StageRow): readonly Case[] {
  const said = stage.tests.some(test => test.status === stage.status)
  const own = { name: stage.name, status: stage.status, ms: 0, detail: stage.reason }
  return said || stage.status === 'pass' ? stage.tests : [...stage.tests, own]
}

function pointCase(point: Point): Case {
  return { ...point, ms: 0 }
}

function suiteLines({ name, cases }: Suite, id: number, origin: Origin): readonly string[] {
  const { results, hostname } = origin
  const count = (status: string) => cases.filter(one => outcomeOf(one) === status).length
  const attributes = {
    name,
    package: results.recipe,
    id,
    hostname,
    timestamp: new Date(results.started * 1000).toISOString().slice(0, 19),
    tests: cases.length,
    failures: count('failure'),
    errors: count('error'),
    skipped: count('skipped'),
    time: seconds(cases.reduce((sum, { ms }) => sum + ms, 0)),
  }
  return [
    `  <testsuite ${written(attributes)}>`,
    '    <properties>',
    ...propertiesOf(results).map(
      ([key, value]) => `      <property ${written({ name: key, value })}/>`,
    ),
    '    </properties>',
    ...cases.flatMap(one => caseLines(one, `${results.recipe}.${name}`)),
    '    <system-out></system-out>',
    '    <system-err></system-err>',
    '  </testsuite>',
  ]
}

function propertiesOf(results: Results): readonly (readonly [string, string | number])[] {
  return [
    ['run_id', results.run_id],
    ['version', results.version ?? ''],
    ['ref', results.ref ?? ''],
    ['level', results.level],
    ['cause', results.cause?.class ?? ''],
  ]
}

function caseLines(one: Case, classname: string): readonly string[] {
  const opening = `    <testcase ${written({ name: one.name, classname, time: seconds(one.ms) })}`
  const outcome = outcomeOf(one)
  if (outcome === undefined) return [`${opening}/>`]
  const message = written({ message: one.detail })
  const type = written({ type: one.status })
  const inner =
    outcome === 'skipped'
      ? `<skipped ${message}/>`
      : `<${outcome} ${message} ${type}>${escapeXml(one.detail)}</${outcome}>`
  return [`${opening}>`, `      ${inner}`, '    </testcase>']
}

/** What does not change the verdict is told as skipped: readers of JUnit know no milder word. */
function outcomeOf({ status, advisory }: Case): 'failure' | 'error' | 'skipped' | undefined {
  if (status === 'pass') return undefined
  if (status === 'skip' || advisory === true) return 'skipped'
  return status === 'fail' ? 'failure' : 'error'
}

function written(attributes: Readonly<Record<string, string | number>>): string {
  return Object.entries(attributes)
    .map(([name, value]) => `${name}="${escapeXml(String(value)).replace(/\s/g, ' ')}"`)
    .join(' ')
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3)
}
