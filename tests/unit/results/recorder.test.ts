import { readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { EXIT } from '../../../lib/errors.js'
import { createMask } from '../../../lib/report/mask.js'
import { createRecorder } from '../../../lib/results/recorder.js'
import { check, closing, DOMAIN, IDENTITY, opening, story, tier } from '../../support/happenings.js'
import { played } from '../../support/recorder-kit.js'

t.test('a green run: every field of schema 2, level 5, exit code 0, no cause', async t => {
  const { recorder, read } = await played(t, story())
  const { exitCode, results } = await recorder.finish()
  t.equal(exitCode, EXIT.green)
  t.strictSame(read(), JSON.parse(JSON.stringify(results)), 'what is returned is what is written')
  t.match(read(), {
    schema: 2,
    recipe: 'notes',
    version: '1.1.0+2.0',
    pr: 7,
    ref: 'main',
    run_id: 'build-12',
    lane: 'cold',
    status: 'finished',
    reason: 'completed',
    exit_code: 0,
    finished: Number,
    results: { install: 'pass', upgrade: 'pass', backup: 'pass', restore: 'pass', custom: 'pass' },
    level: 5,
    rungs: {
      install: 'pass',
      upgrade: 'pass',
      backup_restore: 'pass',
      functional: 'pass',
      lint: 'pass',
    },
    lint: { status: 'pass', detail: '', rules_failed: [] },
    skips: { intentional: {}, unintentional: [] },
    flags: {
      clean_teardown: true,
      no_secret_leak: true,
      deploy_count: { expected: 1, counted: 1 },
    },
    customization: { meta: 'recipe-ci.yml' },
    canaries: [],
    snapshots: [],
    screenshot: null,
    summary_card: null,
    timings: [],
    cause: null,
  })
  t.match(results.stages[0], {
    name: 'install',
    status: 'pass',
    tests: [{ name: 'install works', status: 'pass', ms: 12, detail: '' }],
  })
})

t.test('results.json is there from the start, status running, nothing decided', async t => {
  const { read, recorder } = await played(t, [])
  t.match(read(), {
    status: 'running',
    reason: null,
    exit_code: null,
    finished: null,
    results: {},
    level: 0,
    cause: null,
  })
  await recorder.finish()
})

t.test('a killed run leaves running and all finished tiers', async t => {
  const { recorder, read } = await played(t, [
    ...opening(),
    ...tier('install', 'pass', [check('converged')]),
    { type: 'tier.started', tier: 'upgrade' },
    { type: 'check.finished', tier: 'upgrade', check: check('serving') },
  ])
  await new Promise(resolve => setTimeout(resolve, 100))
  t.match(read(), { status: 'running', results: { install: 'pass' }, level: 1, exit_code: null })
  t.strictSame(Object.keys(read().results), ['install'], 'the tier under way is not claimed')
  await recorder.finish()
})

t.test('a tier that claims pass without a check is unver and the run red', async t => {
  const { recorder } = await played(t, story({ custom: tier('custom', 'pass', []) }))
  const { exitCode, results } = await recorder.finish()
  t.equal(exitCode, EXIT.red)
  t.match(results, {
    results: { custom: 'unver' },
    level: 3,
    cause: { class: 'not_verified', sentence: /custom.*no check was executed/ },
  })
})

t.test('a check that fails after its tier has ended still fails it', async t => {
  const late = {
    type: 'check.finished',
    tier: 'restore',
    check: check('fresh restore', 'fail'),
  } as const
  const { recorder } = await played(t, [...story(), late])
  const { exitCode, results } = await recorder.finish()
  t.equal(exitCode, EXIT.red)
  t.match(results, { results: { restore: 'fail' }, rungs: { backup_restore: 'fail' }, level: 2 })
})

t.test('the first cause wins, and says 7 or 1', async t => {
  const cause = { class: 'registry_down', sentence: 's', evidence: 'e', fix: 'f' } as const
  const bad = tier('install', 'fail', [check('converged', 'fail', { cause })])
  const later = { ...cause, class: 'leftovers' } as const
  const { recorder } = await played(t, [
    ...opening(),
    ...bad,
    { type: 'cause.found', cause: later },
    ...closing(),
  ])
  const { exitCode, results } = await recorder.finish()
  t.equal(exitCode, EXIT.fault)
  t.match(results, { cause: { class: 'registry_down' }, reason: 'fault', level: 0 })
})

t.test('a tier that failed without a cause is the first cause', async t => {
  const leftovers = { class: 'leftovers', sentence: 's', evidence: 'e', fix: 'f' } as const
  const { recorder } = await played(t, [
    ...story({ custom: tier('custom', 'pass', [check('login', 'fail')]) }),
    { type: 'cause.found', cause: leftovers },
  ])
  const { results } = await recorder.finish()
  t.match(results.cause, { class: 'test_failed', sentence: 'custom failed at login: saw fail' })
})

t.test('no resources is called no_node in the record and exits 1', async t => {
  const cause = { class: 'no_resources', sentence: 's', evidence: 'e', fix: 'f' } as const
  const { recorder, read } = await played(t, [...story(), { type: 'cause.found', cause }])
  t.equal((await recorder.finish()).exitCode, EXIT.fault)
  t.equal(read().cause?.class, 'no_node')
})

t.test(
  'a tier that a signal cut short is unver, or fail if a check had failed, never pass',
  async t => {
    const cut = (status: 'pass' | 'fail') => [
      ...opening(),
      { type: 'check.finished', tier: 'install', check: check('serving', status) } as const,
    ]
    for (const [status, expected] of [
      ['pass', 'unver'],
      ['fail', 'fail'],
    ] as const) {
      const { recorder } = await played(t, cut(status))
      const { exitCode, results } = await recorder.finish({
        reason: 'terminated',
        code: EXIT.terminated,
      })
      t.equal(exitCode, EXIT.terminated)
      t.match(results, {
        reason: 'terminated',
        results: { install: expected, custom: 'unver' },
        level: 0,
      })
    }
  },
)

t.test('an early end says where the run was and what it waited for', async t => {
  const { recorder } = await played(t, [
    ...opening(),
    { type: 'phase.started', phase: 'locks' },
    { type: 'lock.waiting', domain: DOMAIN, holder: 'run 9', heldSince: 'noon' },
    { type: 'signal.received', signal: 'deadline', reason: 'overdue' },
    { type: 'phase.finished', phase: 'locks', ms: 9, floorMs: 0 },
    { type: 'phase.started', phase: 'teardown' },
    { type: 'signal.received', signal: 'end of the teardown budget', reason: 'overdue' },
    { type: 'phase.finished', phase: 'teardown', ms: 9, floorMs: 0 },
  ])
  const { results } = await recorder.finish({ reason: 'overdue', code: EXIT.overdue })
  t.equal(
    results.cause?.sentence,
    `The hard deadline passed during locks, while waiting for the lock of ${DOMAIN}`,
  )
})

t.test('a fault that comes after a cause is not lost: the record warns of it', async t => {
  const first = { class: 'crash_loop', sentence: 's', evidence: 'e', fix: 'f' } as const
  const { recorder, read, emitted } = await played(t, [
    ...opening(),
    { type: 'cause.found', cause: first },
  ])
  const fault = {
    class: 'fault',
    sentence: 'Cannot reach Docker',
    evidence: 'e',
    fix: 'f',
  } as const
  await recorder.finish({ reason: 'fault', code: EXIT.fault }, fault)
  const text = 'Then the run could not go on: Cannot reach Docker'
  t.match(read(), { exit_code: 1, cause: { class: 'crash_loop' }, warnings: [text] })
  t.match(emitted, [{ type: 'run.warned', text }], 'and says so')
})

t.test('secrets in a thrown cause are masked before they are written', async t => {
  const { recorder, read, mask } = await played(t, opening())
  mask.add('hunter2hunter2')
  const cause = {
    class: 'fault',
    sentence: 'no hunter2hunter2',
    evidence: 'https://u:p@h/',
    fix: 'f',
  } as const
  await recorder.finish({ reason: 'fault', code: EXIT.fault }, cause)
  t.match(read().cause, { sentence: 'no [masked]', evidence: 'https://[masked]@h/' })
})

t.test('left-out generic assertions are recorded and never green', async t => {
  const { recorder } = await played(t, story(), { skipGeneric: ['install'] })
  const { exitCode, results } = await recorder.finish()
  t.equal(exitCode, EXIT.red)
  t.match(results, { skip_generic: ['install'], results: { install: 'unver' }, level: 0 })
})

t.test('a tier that was not requested is absent from results', async t => {
  const { recorder } = await played(t, story(), { requested: ['install', 'upgrade'] })
  const { exitCode, results } = await recorder.finish()
  t.equal(exitCode, EXIT.green)
  t.strictSame(results.results, { install: 'pass', upgrade: 'pass' })
  t.strictSame(
    results.stages.map(({ name }) => name),
    ['install', 'upgrade'],
  )
  t.match(results, {
    level: 2,
    rungs: { functional: 'unver' },
    reasons: { functional: 'not requested' },
  })
})

t.test('a secret that was written is found, named and flagged', async t => {
  const { recorder, runDir, mask, emitted } = await played(t, story())
  mask.add('hunter2hunter2')
  writeFileSync(
    join(runDir, 'child.log'),
    `${'x'.repeat(2 ** 20 - 5)}${Buffer.from('hunter2hunter2').toString('base64')}`,
  )
  const { results } = await recorder.finish()
  t.equal(results.flags.no_secret_leak, false, 'also across the border of two reads')
  t.match(emitted, [{ type: 'run.warned', text: /child\.log/ }])
})

t.test('a record that cannot be written warns and never throws', async t => {
  const { recorder, runDir, emitted } = await played(t, story())
  // At once, not file by file: a record may be on its way into the folder.
  const gone = `${runDir}.gone`
  t.teardown(() => {
    rmSync(gone, { recursive: true })
  })
  renameSync(runDir, gone)
  const { exitCode } = await recorder.finish()
  t.equal(exitCode, EXIT.green)
  t.match(
    emitted.filter(({ type }) => type === 'run.warned'),
    [{ text: /Cannot write .*ENOENT/ }],
  )
  t.equal(emitted.filter(({ type }) => type === 'run.warned').length, 1, 'once for each reason')
})

t.test('a folder that takes no file at all is a fault before anything happens', async t => {
  const recorder = createRecorder({
    ...IDENTITY,
    runDir: '/proc/none',
    secrets: createMask(),
    emit: () => undefined,
  })
  await t.rejects(recorder.start(), { code: 'RCI_ABSENT', message: /Cannot write "\/proc\/none/ })
})

t.test('nothing but the record stays in the folder', async t => {
  const { recorder, runDir } = await played(t, story())
  await recorder.finish()
  t.strictSame(readdirSync(runDir).sort(), [
    'badge.svg',
    'junit.xml',
    'report.html',
    'results.json',
    'results.tap',
  ])
})
