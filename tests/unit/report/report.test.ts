import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { Parser } from 'tap-parser'
import type { Happening } from '../../../lib/domain/events.js'
import { createMask } from '../../../lib/report/mask.js'
import { createReport, type ReportOptions } from '../../../lib/report/report.js'
import { story, tier, check } from '../../support/happenings.js'
import { resultsOf } from '../../support/results.js'
import { Screen } from '../../support/screen.js'

async function kit(t: Test, more: Partial<ReportOptions> = {}) {
  const runDir = t.testdir({})
  const screen = new Screen()
  const mask = createMask()
  const report = await createReport({
    format: 'human',
    runId: 'build-12',
    runDir,
    mask: mask.mask,
    stdout: screen,
    tty: false,
    color: false,
    now: () => 1_700_000_000_000,
    ...more,
  })
  const file = (name: string) => readFileSync(join(runDir, name), 'utf8')
  return { runDir, screen, mask, report, file }
}

t.test(
  'every event is one line of events.ndjson the moment it happens, with its envelope',
  async t => {
    const { report, file } = await kit(t)
    report.emit({ type: 'run.noted', text: 'one\ntwo' })
    t.equal(
      file('events.ndjson'),
      '{"v":1,"at":"2023-11-14T22:13:20.000Z","run":"build-12","type":"run.noted","text":"one\\ntwo"}\n',
    )
    t.equal(file('log.txt'), '22:13:20.000  · one\n22:13:20.000    two\n')
    await report.close()
  },
)

t.test('nothing is written or handed on that is not masked', async t => {
  const { report, mask, file, screen } = await kit(t)
  mask.add('hunter2hunter2')
  const seen: Happening[] = []
  report.observe(happening => seen.push(happening))
  report.emit({
    type: 'manifest.printed',
    customization: { hunter2hunter2: ['https://u:p@h', { deep: 'hunter2hunter2' }] },
    lines: ['with hunter2hunter2'],
  })
  await report.close()
  for (const text of [file('events.ndjson'), file('log.txt'), screen.text, JSON.stringify(seen)]) {
    t.notMatch(text, 'hunter2')
    t.match(text, '[masked]')
  }
})

t.test('a secret that equals one of our words leaves types and statuses readable', async t => {
  const { report, mask, file } = await kit(t)
  mask.add('check.finished')
  report.emit({ type: 'check.finished', tier: 'install', check: check('a check.finished b') })
  await report.close()
  t.match(JSON.parse(file('events.ndjson')), {
    type: 'check.finished',
    check: { name: 'a [masked] b', status: 'pass' },
  })
})

t.test('a reader with a bug is named once and breaks nothing', async t => {
  const { report, file } = await kit(t)
  report.observe(() => {
    throw new TypeError('oops')
  })
  report.emit({ type: 'run.noted', text: 'first' })
  report.emit({ type: 'run.noted', text: 'second' })
  await report.close()
  t.equal(file('log.txt').match(/A part of the report failed: oops/g)?.length, 1)
  t.match(file('log.txt'), 'second')
})

t.test('files that cannot be written are warned about once, and the run is told on', async t => {
  const { report, screen } = await kit(t, { runDir: '/proc/none' })
  report.emit({ type: 'run.noted', text: 'first' })
  report.emit({ type: 'run.noted', text: 'second' })
  await report.close()
  t.equal(
    screen.text.match(/Cannot write "\/proc\/none\/events.ndjson", lines will be missing/g)?.length,
    1,
  )
  t.match(screen.text, 'second')
})

t.test('without a run folder only stdout is written', async t => {
  const { report, runDir, screen } = await kit(t, { runDir: null })
  report.emit({ type: 'run.noted', text: 'hello' })
  await report.close()
  t.strictSame(readdirSync(runDir), [])
  t.match(screen.text, 'hello')
})

t.test('format ndjson: stdout is what events.ndjson is', async t => {
  const { report, screen, file } = await kit(t, { format: 'ndjson' })
  for (const happening of story()) report.emit(happening)
  await report.close(resultsOf(story()))
  t.equal(screen.text, file('events.ndjson'))
})

t.test('format tap: stdout is TAP 14 from the first line to the last', async t => {
  const { report, screen } = await kit(t, { format: 'tap' })
  const red = story({
    upgrade: tier('upgrade', 'fail', [check('a\nb', 'fail', { detail: 'not ok 1\nok 2' })]),
  })
  for (const happening of red) report.emit(happening)
  await report.close(resultsOf(red))
  const events = Parser.parse(screen.text, { strict: true })
  t.strictSame(
    events.filter(([kind]) => kind === 'extra'),
    [],
  )
  t.match(events.find(([kind]) => kind === 'complete')?.[1], { ok: false, count: 8 })
})

t.test('format tap: a run without results bails out', async t => {
  const { report, screen } = await kit(t, { format: 'tap' })
  await report.close()
  t.match(screen.text, /^TAP version 14\n[\s\S]*^Bail out! /m)
})

t.test(
  'human, no terminal: one line for each thing that changes what a person believes',
  async t => {
    const { report, screen } = await kit(t, { rerun: 'recipe-ci run notes' })
    for (const happening of story()) report.emit(happening)
    report.emit({ type: 'phase.started', phase: 'quiet phase' })
    report.emit({ type: 'service.observed', service: 'db', text: 'quiet too' })
    await report.close(resultsOf(story()))
    const lines = screen.text.split('\n')
    t.match(
      lines[0],
      /if this run is killed, "recipe-ci janitor" removes it/,
      'how to remove comes first',
    )
    t.match(screen.text, /✔ install works[\s\S]*✔ install pass/)
    t.match(screen.text, /^GREEN {2}notes 1\.1\.0\+2\.0, level 5 of 5, exit 0/m)
    t.match(screen.text, /again +recipe-ci run notes\n$/)
    t.notMatch(screen.text, 'quiet')
    t.notMatch(screen.text, '\u001b')
  },
)

t.test('output of a recipe cannot steer the terminal or forge lines of ours', async t => {
  const { report, screen, file } = await kit(t)
  const detail = 'red \u001b[31mtext\u001b[0m \u001b[2J\u001b]0;title\u0007 \u202egnp \r over\u0000'
  report.emit({ type: 'check.finished', tier: 'custom', check: check('evil', 'fail', { detail }) })
  await report.close()
  for (const text of [screen.text, file('log.txt')]) {
    t.match(text, 'red text')
    // eslint-disable-next-line no-control-regex -- they are what must not be there
    t.notMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
  }
  t.match(
    JSON.parse(file('events.ndjson')),
    { check: { detail } },
    'the record keeps what was said',
  )
})
