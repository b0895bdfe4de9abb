import t from 'tap'
import { htmlOf } from '../../../lib/results/html.js'
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

const parsed = (page: string) => parseXml(page.replace('<!doctype html>\n', ''))

function* all(element: XmlElement): Generator<XmlElement> {
  yield element
  for (const child of element.children) yield* all(child)
}

const textOf = (root: XmlElement) => [...all(root)].map(({ text }) => text).join(' ')

t.test('whatever a recipe says stays text: no element and no attribute of its own', async t => {
  const root = parsed(htmlOf(resultsOf(RED), [{ what: EVIL, lines: [EVIL, 'x'] }]))
  const elements = [...all(root)]
  t.notOk(elements.some(({ name }) => name === 'script'))
  t.notOk(
    elements.some(({ attributes }) => Object.keys(attributes).some(name => name.startsWith('on'))),
  )
  t.match(textOf(root), '<script>alert(1)</script>')
})

t.test('one file: nothing is loaded from anywhere', async t => {
  const page = htmlOf(resultsOf(RED), [])
  t.notMatch(page, /(src|href)=|url\(|@import/)
  t.match(page, "default-src 'none'")
})

t.test('a red run shows its cause first and opens the tiers that are bad', async t => {
  const root = parsed(htmlOf(resultsOf(RED), []))
  const words = textOf(root)
  t.ok(words.indexOf('crash_loop') < words.indexOf('Rungs'))
  t.match(words, /1 files, 77 bytes/, 'and what the backup holds')
  const open = [...all(root)].filter(({ attributes }) => attributes['open'] === 'open')
  t.equal(open.length, 1)
})

t.test('a green run says so, with every check and no cause', async t => {
  const root = parsed(htmlOf(resultsOf(story()), []))
  const words = textOf(root)
  t.match(words, 'Green')
  t.match(words, 'notes 1.1.0+2.0')
  for (const name of ['install', 'upgrade', 'backup', 'restore', 'custom'])
    t.match(words, `${name} works`)
  t.notOk([...all(root)].some(({ attributes }) => attributes['class'] === 'cause'))
})

t.test('colours never stand alone: every status is a word', async t => {
  const root = parsed(htmlOf(resultsOf(RED), []))
  for (const { attributes, text } of all(root)) {
    const [, status] = /^word (pass|fail|skip|unver)$/.exec(attributes['class'] ?? '') ?? []
    if (status !== undefined && !['Green', 'Red', 'Could not test'].includes(text))
      t.match(text, status)
  }
})

t.test('a run that was interrupted at once still has a page', async t => {
  const results = resultsOf([], { end: { reason: 'interrupted', code: EXIT.interrupted } })
  t.match(textOf(parsed(htmlOf(results, []))), /interrupted/)
})

t.test('it is readable on a phone, by day and by night', async t => {
  const page = htmlOf(resultsOf(story()), [])
  t.match(page, 'name="viewport" content="width=device-width')
  t.match(page, 'prefers-color-scheme: dark')
})
