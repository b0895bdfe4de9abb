import t from 'tap'
import { badgeOf } from '../../../lib/results/badge.js'
import { junitOf } from '../../../lib/results/junit.js'
import { EXIT } from '../../../lib/errors.js'
import { check, story, tier } from '../../support/happenings.js'
import { resultsOf } from '../../support/results.js'
import { parseXml, type XmlElement } from '../../support/xml.js'

const RED = {
  upgrade: tier('upgrade', 'fail', [
    check('serving <&>', 'fail', { detail: 'got ]]> "502"\u0000\u001b\ud800' }),
    check('data', 'unver', { detail: 'not read' }),
  ]),
  backup: tier('backup', 'skip', []),
  restore: tier('restore', 'unver', []),
}

/** The part of the format that the common readers share: elements in order, attributes they insist on. */
const SHAPE: Readonly<Record<string, { attributes: readonly string[]; children: RegExp }>> = {
  testsuites: { attributes: [], children: /^(testsuite )+$/ },
  testsuite: {
    attributes: [
      'name',
      'package',
      'id',
      'hostname',
      'timestamp',
      'tests',
      'failures',
      'errors',
      'skipped',
      'time',
    ],
    children: /^properties (testcase )*system-out system-err $/,
  },
  properties: { attributes: [], children: /^(property )+$/ },
  property: { attributes: ['name', 'value'], children: /^$/ },
  testcase: {
    attributes: ['name', 'classname', 'time'],
    children: /^((skipped|failure|error) )?$/,
  },
  skipped: { attributes: ['message'], children: /^$/ },
  failure: { attributes: ['message', 'type'], children: /^$/ },
  error: { attributes: ['message', 'type'], children: /^$/ },
  'system-out': { attributes: [], children: /^$/ },
  'system-err': { attributes: [], children: /^$/ },
}

function faults(element: XmlElement): string[] {
  const shape = SHAPE[element.name]
  if (shape === undefined) return [`unknown element ${element.name}`]
  const children = element.children.map(({ name }) => `${name} `).join('')
  return [
    ...(Object.keys(element.attributes).join() === shape.attributes.join()
      ? []
      : [`attributes of ${element.name}`]),
    ...(shape.children.test(children) ? [] : [`children of ${element.name}: ${children}`]),
    ...element.children.flatMap(faults),
  ]
}

const named = (root: XmlElement, name: string) =>
  root.children.find(({ attributes }) => attributes['name'] === name)

t.test('green, red and interrupted runs give JUnit of the common shape', async t => {
  const end = { reason: 'terminated', code: EXIT.terminated } as const
  for (const results of [resultsOf(story()), resultsOf(story(RED)), resultsOf([], { end })])
    t.strictSame(faults(parseXml(junitOf(results, 'host'))), [])
})

t.test('fail is a failure, unver an error, skip skipped, and the sums are right', async t => {
  const root = parseXml(junitOf(resultsOf(story(RED)), 'host'))
  const upgrade = named(root, 'upgrade')
  t.match(upgrade?.attributes, {
    tests: '2',
    failures: '1',
    errors: '1',
    skipped: '0',
    hostname: 'host',
  })
  t.equal(upgrade?.children[1]?.children[0]?.name, 'failure')
  t.equal(upgrade?.children[2]?.children[0]?.name, 'error')
  t.match(named(root, 'backup')?.attributes, { tests: '1', skipped: '1' })
  t.match(
    named(root, 'restore')?.attributes,
    { tests: '1', errors: '1' },
    'no check, still an error',
  )
})

t.test('hostile text leaves the XML whole', async t => {
  const root = parseXml(junitOf(resultsOf(story(RED)), 'host'))
  const failure = named(root, 'upgrade')?.children[1]
  t.equal(failure?.attributes['name'], 'serving <&>')
  t.equal(failure?.children[0]?.text, 'got ]]> "502"\ufffd\ufffd\ufffd')
})

t.test('leftovers make JUnit red, a failed lint does not', async t => {
  const lint = {
    type: 'lint.finished',
    status: 'fail',
    detail: 'R001',
    rulesFailed: ['R001'],
  } as const
  const left = {
    type: 'teardown.leftover',
    domain: 'note-3fa9c1.ci.example.org',
    kind: 'volume',
    name: 'x',
  } as const
  const run = (extra: typeof lint | typeof left) =>
    named(parseXml(junitOf(resultsOf([...story(), extra]), 'host')), 'run')?.attributes
  t.match(run(lint), { failures: '0', errors: '0', skipped: '1' })
  t.match(run(left), { failures: '1', errors: '0' })
})

t.test('a run that came to no verdict is red, though all that it checked was good', async t => {
  const end = { reason: 'terminated', code: EXIT.terminated } as const
  const run = named(parseXml(junitOf(resultsOf(story(), { end }), 'host')), 'run')
  t.match(run?.attributes, { failures: '0', errors: '1' })
  const error = run?.children.find(({ children }) => children[0]?.name === 'error')
  t.match(error?.attributes['name'], 'the run came to a verdict')
  t.match(error?.children[0]?.text, 'The run was terminated')
})

t.test('the badge shows the level, red for a red run, grey when it came to no verdict', async t => {
  const green = badgeOf(resultsOf(story()))
  t.match(parseXml(green).attributes['aria-label'], 'level 5')
  t.match(green, '#1e8449')
  const counted = { type: 'deploy.counted', expected: 1, counted: 2 } as const
  const red = badgeOf(resultsOf([...story(), counted]))
  t.match(parseXml(red).attributes['aria-label'], 'level 5', 'the number stays')
  t.match(red, '#c0392b')
  const cut = badgeOf(resultsOf(story(), { end: { reason: 'overdue', code: EXIT.overdue } }))
  t.match(cut, '#6c757d')
})
