import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { makeInstall } from '../support/lives/install.js'
import { makeCase, type Case } from '../support/lives/marked.js'
import {
  childrenOf,
  harnessPid,
  isAlive,
  journalOf,
  noted,
  nothingLeft,
  plainEnv,
  start,
  until,
  type Ended,
  type Started,
} from '../support/lives/processes.js'

const install = await makeInstall(t)

type Harness = Started & Case

function startHarness(t: Test, env: Readonly<Record<string, string>>): Harness {
  const made = makeCase(t, install.dir)
  return { ...made, ...start(t, [install.launcher, 'run'], { ...made.env, ...env }) }
}

/** Sends the signals one after the other, each as soon as the harness has noted what comes before it. */
async function play(
  harness: Harness,
  acts: readonly (readonly [after: string, signal: NodeJS.Signals])[],
): Promise<Ended> {
  const pid = await harnessPid(harness.journal)
  for (const [after, signal] of acts) {
    await noted(harness.journal, after)
    process.kill(pid, signal)
  }
  return harness.ended
}

const TEARDOWN = ['teardown began', 'teardown done']

t.test('a signal ends the run, teardown runs, and the code tells which', async t => {
  const rows = { SIGTERM: 143, SIGINT: 130, SIGHUP: 129, SIGALRM: 142 } as const
  for (const [signal, code] of Object.entries(rows)) {
    const harness = startHarness(t, { TEARDOWN_MS: '50', CODE: '7' })
    const ended = await play(harness, [['started', signal as keyof typeof rows]])
    t.strictSame(ended, { code, signal: null }, signal)
    t.strictSame(journalOf(harness.journal).slice(1), [
      `received ${signal}`,
      ...TEARDOWN,
      `exit ${code}`,
    ])
  }
})

t.test('the first reason wins; what comes later is noted and changes nothing', async t => {
  // prettier-ignore
  const rows = [
    { acts: [['started', 'SIGTERM'], ['teardown began', 'SIGTERM']], code: 143 },
    { acts: [['started', 'SIGTERM'], ['teardown began', 'SIGALRM']], code: 143 },
    { acts: [['started', 'SIGINT'], ['teardown began', 'SIGTERM']], code: 130 },
    { acts: [['started', 'SIGALRM'], ['teardown began', 'SIGHUP']], code: 142 },
  ] as const
  for (const { acts, code } of rows) {
    const harness = startHarness(t, { TEARDOWN_MS: '300' })
    const [first, second] = acts
    t.strictSame(await play(harness, acts), { code, signal: null })
    t.strictSame(journalOf(harness.journal).slice(1), [
      `received ${first[1]}`,
      'teardown began',
      `ignored ${second[1]}`,
      'teardown done',
      `exit ${code}`,
    ])
  }
})

t.test('a signal during the teardown of a finished run changes nothing', async t => {
  const signals = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGALRM'] as const
  const rows = [0, 7].flatMap(code => signals.map(signal => ({ code, signal })))
  await Promise.all(
    rows.map(async ({ code, signal }) => {
      const harness = startHarness(t, { WORK_MS: '0', TEARDOWN_MS: '300', CODE: String(code) })
      const ended = await play(harness, [['teardown began', signal]])
      t.strictSame(ended, { code, signal: null }, signal)
      t.ok(journalOf(harness.journal).includes('teardown done'))
    }),
  )
})

t.test('the deadline ends a run with 142 after teardown, whatever child hangs', async t => {
  const harness = startHarness(t, {
    DEADLINE_MS: '400',
    CHILD: 'trap "" TERM; sleep 60 & sleep 60',
  })
  t.strictSame(await harness.ended, { code: 142, signal: null })
  const lines = journalOf(harness.journal)
  t.ok(lines.includes('received deadline'))
  t.ok(lines.includes('teardown done'))
  await nothingLeft(harness.mark)
})

t.test('a deadline that passes during teardown changes nothing', async t => {
  const harness = startHarness(t, {
    DEADLINE_MS: '300',
    WORK_MS: '0',
    TEARDOWN_MS: '800',
    CODE: '7',
  })
  t.strictSame(await harness.ended, { code: 7, signal: null })
})

t.test('a teardown after the deadline has its whole budget', async t => {
  // Longer than the backstop would wait for its beginning.
  const harness = startHarness(t, { DEADLINE_MS: '300', TEARDOWN_MS: '1500' })
  t.strictSame(await harness.ended, { code: 142, signal: null })
  t.ok(journalOf(harness.journal).includes('teardown done'))
})

t.test('a blocked event loop', async t => {
  await t.test('is ended by the backstop, and takes its children along', async t => {
    const harness = startHarness(t, {
      DEADLINE_MS: '2000',
      BLOCK_MS: '60000',
      CHILD: 'sleep 60 & sleep 60',
    })
    t.strictSame(await harness.ended, { code: null, signal: 'SIGKILL' })
    t.ok(journalOf(harness.journal).includes('blocked'))
    await nothingLeft(harness.mark)
  })

  await t.test('is ended by the backstop in teardown as well', async t => {
    const harness = startHarness(t, {
      DEADLINE_MS: '60000',
      TEARDOWN_BUDGET_MS: '1000',
      TEARDOWN_MS: '500',
      WORK_MS: '0',
      TEARDOWN_BLOCK_MS: '30000',
    })
    t.strictSame(await harness.ended, { code: null, signal: 'SIGKILL' })
  })

  await t.test('that frees itself in time still tears down, with 142', async t => {
    const harness = startHarness(t, { DEADLINE_MS: '3000', BLOCK_MS: '3500' })
    t.strictSame(await harness.ended, { code: 142, signal: null })
    t.ok(journalOf(harness.journal).includes('teardown done'))
  })
})

t.test(
  'a teardown that exceeds its budget is left behind, with the code of the first reason',
  async t => {
    const rows = [[{}, 143] as const, [{ WORK_MS: '0' }, 1] as const]
    await Promise.all(
      rows.map(async ([more, code]) => {
        const env = {
          DEADLINE_MS: '60000',
          // The backstop waits three times as long: on a loaded machine it must not come first.
          TEARDOWN_BUDGET_MS: '2000',
          TEARDOWN_MS: '60000',
          ...more,
        }
        const harness = startHarness(t, env)
        if (code === 143) await play(harness, [['started', 'SIGTERM']])
        t.strictSame(await harness.ended, { code, signal: null })
        t.notOk(journalOf(harness.journal).includes('teardown done'))
      }),
    )
  },
)

t.test('the backstop survives a signal to our group, and dies with us', async t => {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    const harness = startHarness(t, { DEADLINE_MS: '60000', TEARDOWN_MS: '300' })
    const pid = await harnessPid(harness.journal)
    const watchdog = await until(() => childrenOf(pid)[0], 'the backstop')
    await until(() => ignoresTerm(watchdog), 'the guard of its signals')
    process.kill(watchdog, 'SIGTERM')
    process.kill(pid, signal)
    if (signal === 'SIGTERM') {
      await noted(harness.journal, 'teardown began')
      t.strictSame(childrenOf(pid), [watchdog], 'still there')
    }
    await harness.ended
    await until(() => childrenOf(pid).length === 0, 'its end')
    await until(() => !isAlive(watchdog), 'its end')
  }
})

/** The fifteenth bit of what the kernel says it ignores. */
function ignoresTerm(pid: number): boolean {
  const ignored = /^SigIgn:\t(.*)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0'
  return (BigInt(`0x${ignored}`) & (1n << 14n)) !== 0n
}

t.test(
  'a harness that is SIGKILLed takes all its children along, with and without a terminal',
  async t => {
    for (const terminal of [{}, { TERMINAL: '1' }]) {
      const script =
        'sleep 60 & setsid sleep 60 & trap "" TERM HUP; echo child >> "$JOURNAL"; sleep 60; sleep 60'
      const harness = startHarness(t, { CHILD: script, ...terminal })
      const pid = await harnessPid(harness.journal)
      await noted(harness.journal, 'child')
      process.kill(pid, 'SIGKILL')
      await nothingLeft(harness.mark)
      t.pass('nothing is left')
    }
  },
)

t.test('a harness that ends leaves no child behind either', async t => {
  const script = 'trap "" TERM; echo child >> "$JOURNAL"; sleep 60'
  const harness = startHarness(t, { CHILD: script, WORK_MS: '600' })
  await harness.ended
  await nothingLeft(harness.mark)
  t.ok(journalOf(harness.journal).includes('child'))
})

t.test('a bug ends the run with 1, after teardown', async t => {
  const bugs = { 'unhandled rejection': { REJECT: 'run' }, 'uncaught exception': { THROW: '1' } }
  for (const [kind, bug] of Object.entries(bugs)) {
    const harness = startHarness(t, { ...bug, CODE: '0' })
    t.strictSame(await harness.ended, { code: 1, signal: null })
    const lines = journalOf(harness.journal)
    t.ok(lines.includes(`received ${kind}: Error: stray`), kind)
    t.ok(lines.includes('teardown done'), kind)
  }
})

t.test('a stray rejection does not end a teardown, and changes no code', async t => {
  const harness = startHarness(t, {
    REJECT: 'teardown',
    WORK_MS: '0',
    TEARDOWN_MS: '200',
    CODE: '7',
  })
  t.strictSame(await harness.ended, { code: 7, signal: null })
  t.ok(journalOf(harness.journal).includes('ignored unhandled rejection: Error: stray'))
})

t.test('a run that waits for something that never comes is a fault, never green', async t => {
  const harness = startHarness(t, { DRAIN: '1' })
  t.strictSame(await harness.ended, { code: 1, signal: null })
  t.ok(journalOf(harness.journal).some(line => line.startsWith('received stalled: ')))
})

t.test('a reader of our output', async t => {
  const BYTES = 3_000_000

  await t.test('that is slow gets all of it', async t => {
    const { env } = makeCase(t, install.dir)
    const script = '{ "$BIN" run; echo "code $?"; } | (sleep 0.3; wc -c; )'
    const more = { BIN: install.launcher, WORK_MS: '0', OUTPUT_BYTES: String(BYTES), CODE: '7' }
    const shell = start(t, ['sh', '-c', script], { ...env, ...more })
    await shell.read
    t.ok(Number(shell.output()) > BYTES)
  })

  await t.test('that is gone does not end a run', async t => {
    const made = makeCase(t, install.dir)
    const env = plainEnv({ ...made.env, WORK_MS: '500', CHATTY: '1', CODE: '7' })
    const child = spawn(install.launcher, ['run'], { env, stdio: ['ignore', 'pipe', 'ignore'] })
    t.teardown(() => child.kill('SIGKILL'))
    await harnessPid(made.journal)
    child.stdout.destroy()
    t.strictSame(await once(child, 'exit'), [7, null])
    t.strictSame(journalOf(made.journal).slice(1), [...TEARDOWN, 'exit 7'])
  })

  await t.test('that is gone does not end a teardown', async t => {
    const made = makeCase(t, install.dir)
    const env = plainEnv({ ...made.env, TEARDOWN_MS: '300', OUTPUT_BYTES: String(BYTES) })
    const child = spawn(install.launcher, ['run'], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    t.teardown(() => child.kill('SIGKILL'))
    const pid = await harnessPid(made.journal)
    child.stdout.destroy()
    child.stderr.destroy()
    process.kill(pid, 'SIGTERM')
    t.strictSame(await once(child, 'exit'), [143, null])
    t.ok(journalOf(made.journal).includes('teardown done'))
  })

  await t.test('that has stopped reading does not keep us', async t => {
    const made = makeCase(t, install.dir)
    const env = plainEnv({ ...made.env, WORK_MS: '0', OUTPUT_BYTES: String(BYTES), CODE: '7' })
    const child = spawn(install.launcher, ['run'], { env, stdio: ['ignore', 'pipe', 'ignore'] })
    t.teardown(() => child.kill('SIGKILL'))
    child.stdout.pause()
    t.strictSame(await once(child, 'exit'), [7, null])
    child.stdout.destroy()
  })
})

t.test('a teardown completes when the workspace is gone and nobody reads any more', async t => {
  const workspace = join(install.dir, 'workspace')
  mkdirSync(workspace)
  const made = makeCase(t, install.dir)
  const script = 'cd "$WORKSPACE" && "$BIN" run & wait'
  const more = { BIN: install.launcher, WORKSPACE: workspace, TEARDOWN_MS: '500' }
  const shell = start(t, ['sh', '-c', script], { ...made.env, ...more })
  await harnessPid(made.journal)
  process.kill(shell.pid, 'SIGKILL')
  rmSync(workspace, { recursive: true })
  shell.child.stdout?.destroy()
  shell.child.stderr?.destroy()
  t.equal(await noted(made.journal, 'exit '), 'exit 143')
  t.ok(journalOf(made.journal).includes('teardown done'))
})
