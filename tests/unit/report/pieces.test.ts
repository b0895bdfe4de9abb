import { PassThrough, Writable } from 'node:stream'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parseRecipeName, parseRunId, type AppDomain } from '../../../lib/domain/names.js'
import type { RunRequest } from '../../../lib/domain/request.js'
import { TIERS } from '../../../lib/domain/tiers.js'
import { openLineFile } from '../../../lib/report/line-file.js'
import { createOut } from '../../../lib/report/out.js'
import { outputMode } from '../../../lib/report/output-mode.js'
import { planText } from '../../../lib/report/plan.js'
import { rerunCommand } from '../../../lib/report/rerun.js'
import { boundedLines, duration } from '../../../lib/report/wording.js'

t.test('lengths of time read as people say them', async t => {
  const rows = [
    [0, '0 ms'],
    [999.4, '999 ms'],
    [1000, '1.0 s'],
    [61_000, '1 min 01 s'],
    [119_600, '2 min 00 s'],
    [3_661_000, '1 h 01 min'],
  ] as const
  for (const [ms, text] of rows) t.equal(duration(ms), text)
})

t.test('long texts are cut and say how much is missing', async t => {
  t.strictSame(boundedLines('a\nb\nc\n', 3, 9), ['a', 'b', 'c'])
  t.strictSame(boundedLines('a\nb\nc\nd', 3, 20), ['a', 'b', '… 2 more lines'])
  t.strictSame(boundedLines('abcdef\nb', 1, 4), ['abc…'])
})

t.test('a live tree only on a terminal outside CI, colour only where it is liked', async t => {
  t.strictSame(outputMode({}, true), { tty: true, color: true })
  t.strictSame(outputMode({}, false), { tty: false, color: false })
  t.strictSame(outputMode({ NO_COLOR: '1' }, true), { tty: true, color: false })
  t.strictSame(outputMode({ NO_COLOR: '' }, true), { tty: true, color: true })
  t.strictSame(outputMode({ CI: 'true' }, true), { tty: false, color: false })
  t.strictSame(outputMode({ DRONE: 'true' }, true), { tty: false, color: false })
  t.strictSame(outputMode({ CI: 'false' }, true), { tty: true, color: true })
  t.strictSame(outputMode({ TERM: 'dumb' }, true), { tty: false, color: false })
})

t.test('a reader that is gone breaks nothing', async t => {
  const stream = new PassThrough()
  const out = createOut(stream)
  stream.destroy(new Error('EPIPE'))
  await new Promise(setImmediate)
  out.write('still here')
  await out.flush(1000)
  t.pass('no error came up')
})

t.test('a reader that stands still costs bounded memory and no time', async t => {
  const stuck = new Writable({ write: () => undefined })
  const out = createOut(stuck)
  for (let line = 0; line < 10_000; line += 1) out.write('x'.repeat(1000))
  t.ok(stuck.writableLength < 5 * 1024 * 1024)
  await out.flush(50)
  t.pass('it is not waited for')
})

t.test('writes to a terminal do not block: a stopped one must not stop the run', async t => {
  let blocking: boolean | undefined
  const stream = Object.assign(new PassThrough(), {
    _handle: { setBlocking: (wanted: boolean) => (blocking = wanted) },
  })
  createOut(stream)
  t.equal(blocking, false)
})

t.test('a line that does not fit is taken back whole', async t => {
  const path = join(t.testdir({}), 'lines')
  const file = openLineFile(path)
  t.equal(file.append('one'), undefined)
  file.close()
  t.match(file.append('two'), /EBADF/, 'never throws')
  t.equal(readFileSync(path, 'utf8'), 'one\n')
})

const REQUEST = {
  recipe: parseRecipeName('notes'),
  ref: undefined,
  pr: 0,
  src: { kind: 'upstream', location: 'https://example.org/notes.git' },
  tiers: TIERS,
  version: undefined,
  quick: false,
  skipFetch: false,
  keep: false,
  freshRestore: false,
  runId: parseRunId('build-12'),
  domain: 'note-3fa9c1.ci.example.org' as AppDomain,
} as unknown as RunRequest

t.test('the command to run again asks for the same, quoted for a shell', async t => {
  t.equal(rerunCommand(REQUEST), 'recipe-ci run notes')
  const more: RunRequest = {
    ...REQUEST,
    ref: "it's",
    pr: 7,
    src: { kind: 'path', location: '/srv/my recipes/notes' },
    tiers: ['install', 'custom'],
    freshRestore: true,
  }
  t.equal(
    rerunCommand(more),
    `recipe-ci run notes --ref 'it'\\''s' --pr 7 --src '/srv/my recipes/notes' --stages install,custom --fresh-restore`,
  )
})

const PLAN = {
  recipe: 'notes',
  domain: 'note-3fa9c1.ci.example.org',
  runId: 'x',
  plan: {
    type: 'plan.resolved',
    head: 'a'.repeat(40),
    headVersion: '1.1.0+2.0',
    base: null,
    baseReason: 'no published tag',
    tiers: ['install', 'upgrade', 'custom'],
    skips: { upgrade: 'no published tag' },
  },
} as const

t.test('a plan says base, target, tiers, skips and the reason of each', async t => {
  const text = planText(PLAN, 'human')
  for (const expected of [
    /target +a{40}, version 1\.1\.0\+2\.0/,
    /base +none: no published tag/,
    /^install +run$/m,
    /^upgrade +skip: no published tag$/m,
    /^backup +not requested$/m,
    /Nothing was changed/,
  ])
    t.match(text, expected)
  t.match(JSON.parse(planText(PLAN, 'ndjson')), { v: 1, type: 'plan.resolved', base: null })
  t.match(planText(PLAN, 'tap'), /^TAP version 14\n# [\s\S]*\n1\.\.0 # SKIP/)
})
