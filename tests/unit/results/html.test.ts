import t from 'tap'
import { htmlOf } from '../../../lib/results/html.js'
import type { TaskReport } from '../../../lib/domain/diagnosis.js'
import type { ReportParts } from '../../../lib/results/notes.js'
import { EXIT } from '../../../lib/errors.js'
import { check, story, tier } from '../../support/happenings.js'
import { resultsOf } from '../../support/results.js'
import { parseXml, type XmlElement } from '../../support/xml.js'

const EVIL = `</pre><script>alert(1)</script>" onload='x' &amp; \u0000\u001b[31m`
const cause = { class: 'crash_loop', sentence: `app ${EVIL}`, evidence: EVIL, fix: EVIL } as const

const RED = [
  ...story({ upgrade: tier('upgrade', 'fail', [check(EVIL, 'fail', { detail: EVIL, cause })]) }),
  { type: 'run.warned', text: EVIL },
  { type: 'phase.started', phase: EVIL },
  { type: 'wait.finished', for: EVIL, ms: 1500 },
  { type: 'phase.finished', phase: EVIL, ms: 2000, floorMs: 1000 },
  {
    type: 'canary.listed',
    canaries: [{ kind: 'file', where: EVIL, covered: false, reason: EVIL }],
    news: [],
  },
  {
    type: 'snapshot.taken',
    id: EVIL,
    files: 1,
    bytes: 1,
    parts: [{ part: EVIL, files: 1, bytes: 77 }],
  },
  { type: 'manifest.printed', customization: { [EVIL]: EVIL }, lines: [] },
] as const

const TASK: TaskReport = {
  service: EVIL,
  slot: 1,
  taskId: 't1',
  containerId: 'c1',
  state: 'failed',
  error: EVIL,
  exitCode: 3,
  oom: true,
  unhealthy: true,
  atMs: 0,
  lastLines: [EVIL, 'the very last line'],
  healthOutputs: [EVIL],
}
const NOTHING: ReportParts = { tails: [], diagnoses: [], composeDiff: null }
const FULL: ReportParts = {
  tails: [{ what: EVIL, lines: [EVIL, 'x'] }],
  diagnoses: [
    {
      tasks: [TASK],
      updates: [{ service: EVIL, text: EVIL }],
      events: [EVIL],
      gaps: [EVIL],
    },
  ],
  composeDiff: { base: EVIL, lines: [`+${EVIL}`, `-${EVIL}`, `@@ ${EVIL}`, EVIL], more: 7 },
}

const parsed = (page: string) => parseXml(page.replace('<!doctype html>\n', ''))

function* all(element: XmlElement): Generator<XmlElement> {
  yield element
  for (const child of element.children) yield* all(child)
}

const textOf = (root: XmlElement) => [...all(root)].map(({ text }) => text).join(' ')

t.test('whatever a recipe says stays text: no element and no attribute of its own', async t => {
  const root = parsed(htmlOf(resultsOf(RED), FULL))
  const elements = [...all(root)]
  t.notOk(elements.some(({ name }) => name === 'script'))
  t.notOk(
    elements.some(({ attributes }) => Object.keys(attributes).some(name => name.startsWith('on'))),
  )
  t.match(textOf(root), '<script>alert(1)</script>')
})

t.test('one file: nothing is loaded from anywhere', async t => {
  const page = htmlOf(resultsOf(RED), NOTHING)
  t.notMatch(page, /(src|href)=|url\(|@import/)
  t.match(page, "default-src 'none'")
})

t.test('a red run shows its cause first and opens the tiers that are bad', async t => {
  const root = parsed(htmlOf(resultsOf(RED), NOTHING))
  const words = textOf(root)
  t.ok(words.indexOf('crash_loop') < words.indexOf('Rungs'))
  t.match(words, /1 files, 77 bytes/, 'and what the backup holds')
  const open = [...all(root)].filter(({ attributes }) => attributes['open'] === 'open')
  t.equal(open.length, 1)
})

t.test('a green run says so, with every check and no cause', async t => {
  const root = parsed(htmlOf(resultsOf(story()), NOTHING))
  const words = textOf(root)
  t.match(words, 'Green')
  t.match(words, 'notes 1.1.0+2.0')
  for (const name of ['install', 'upgrade', 'backup', 'restore', 'custom'])
    t.match(words, `${name} works`)
  t.notOk([...all(root)].some(({ attributes }) => attributes['class'] === 'cause'))
})

t.test('colours never stand alone: every status is a word', async t => {
  const root = parsed(htmlOf(resultsOf(RED), NOTHING))
  for (const { attributes, text } of all(root)) {
    const [, status] = /^word (pass|fail|skip|unver)$/.exec(attributes['class'] ?? '') ?? []
    if (status !== undefined && !['Green', 'Red', 'Could not test'].includes(text))
      t.match(text, status)
  }
})

t.test('a run that was interrupted at once still has a page', async t => {
  const results = resultsOf([], { end: { reason: 'interrupted', code: EXIT.interrupted } })
  t.match(textOf(parsed(htmlOf(results, NOTHING))), /interrupted/)
})

t.test('it is readable on a phone, by day and by night', async t => {
  const page = htmlOf(resultsOf(story()), NOTHING)
  t.match(page, 'name="viewport" content="width=device-width')
  t.match(page, 'prefers-color-scheme: dark')
})

t.test('dead tasks are shown with exit code, reason, health check and last lines', async t => {
  const words = textOf(parsed(htmlOf(resultsOf(RED), FULL)))
  for (const said of ['exit code 3', 'killed for want of memory', 'the very last line'])
    t.match(words, said)
  t.match(words, 'health check: ')
})

t.test('the difference of the compose files is shown, and how much of it is not', async t => {
  const page = htmlOf(resultsOf(RED), FULL)
  t.match(textOf(parsed(page)), 'and 7 lines more')
  t.match(page, /<ins>\+/)
  t.match(page, /<del>-/)
  const [, diff = ''] = /<pre>(<ins>[^]*?)<\/pre>/.exec(page) ?? []
  t.equal(diff.split('\n').length, 4 + 1, 'every line is a line of its own')
  const same = { ...NOTHING, composeDiff: { base: '1.0.0+1.0', lines: [], more: 0 } }
  t.match(textOf(parsed(htmlOf(resultsOf(RED), same))), 'as in 1.0.0+1.0')
})
