import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { compiled, makeInstall } from '../support/lives/install.js'
import { makeCase as markedCase, type Case } from '../support/lives/marked.js'
import {
  harnessPid,
  isAlive,
  journalOf,
  noted,
  nothingLeft,
  SOAK,
  start,
  until,
} from '../support/lives/processes.js'

const install = await makeInstall(t)
const subreaper = await compiled('tests/support/lives/subreaper.c')
function makeCase(t: Test): Case {
  const made = markedCase(t, install.dir)
  return { ...made, env: { ...made.env, BIN: install.launcher, TEARDOWN_MS: '300' } }
}

// The net below the signal, a look at the parent each second, would note "received parent death" instead.
t.test(
  'a harness whose shell is SIGKILLed gets TERM at once, tears down and leaves with 143',
  async t => {
    const { journal, env } = makeCase(t)
    const shell = start(t, ['sh', '-c', '"$BIN" run & wait'], env)
    const pid = await harnessPid(journal)
    process.kill(shell.pid, 'SIGKILL')
    await noted(journal, 'exit ')
    t.strictSame(journalOf(journal).slice(1), [
      'received SIGTERM',
      'teardown began',
      'teardown done',
      'exit 143',
    ])
    await until(() => !isAlive(pid), 'the end of the harness')
  },
)

t.test(
  'a parent that is gone before the guard is armed is noticed, and nothing starts',
  async t => {
    const { journal, env } = makeCase(t)
    const brief = start(t, ['true'])
    await brief.ended
    const dead = brief.pid
    const orphan = start(t, [install.launcher, 'run'], {
      ...env,
      RECIPE_CI_SUPERVISOR: String(dead),
    })
    t.strictSame(await orphan.ended, { code: 1, signal: null })
    t.match(orphan.output(), new RegExp(`^recipe-ci-guard: Cannot run .*${String(dead)} has ended`))
    t.notOk(existsSync(journal), 'Node was never started')
  },
)

t.test('a subreaper that is not pid 1 hides no orphan', async t => {
  const { journal, env } = makeCase(t)
  // The inner shell is the parent the launcher is told of; it is dead before the launcher arms the guard.
  const orphan =
    '(while kill -0 "$RECIPE_CI_SUPERVISOR" 2>/dev/null; do sleep 0.01; done; exec "$BIN" run)'
  const adopted = start(
    t,
    [subreaper, 'sh', '-c', `RECIPE_CI_SUPERVISOR=$$; export RECIPE_CI_SUPERVISOR; ${orphan} &`],
    env,
  )
  t.strictSame(await adopted.ended, { code: 0, signal: null })
  t.match(adopted.output(), new RegExp(`the parent is ${String(adopted.pid)} now`))
  t.notOk(existsSync(journal), 'Node was never started')
})

t.test('an armed guard works below a subreaper that is not pid 1', async t => {
  const { journal, env } = makeCase(t)
  const script = '"$BIN" run & echo "$$" >>"$JOURNAL.shell"; wait'
  const adopted = start(t, [subreaper, 'sh', '-c', script], env)
  const pid = await harnessPid(journal)
  process.kill(Number(await noted(`${journal}.shell`, '')), 'SIGKILL')
  await noted(journal, 'exit 143')
  t.ok(journalOf(journal).includes('received SIGTERM'))
  t.ok(journalOf(journal).includes('teardown done'))
  t.strictSame(await adopted.ended, { code: 0, signal: null }, 'it had adopted the harness')
  t.notOk(isAlive(pid))
})

t.test(
  'a setsid that forks, because its caller leads a group, leaves no harness unguarded',
  async t => {
    const { journal, mark, env } = makeCase(t)
    const script = 'set -m; RECIPE_CI_SUPERVISOR=$$ setsid "$BIN" run; sleep 0.5'
    const shell = start(t, ['bash', '-c', script], env)
    await shell.ended
    t.match(shell.output(), /recipe-ci(-guard)?: Cannot run/)
    t.notOk(existsSync(journal), 'Node was never started')
    await nothingLeft(mark)
  },
)

t.test('the guard stays armed below setsid when the shell is SIGKILLed', async t => {
  const { journal, env } = makeCase(t)
  const shell = start(t, ['sh', '-c', 'RECIPE_CI_SUPERVISOR=$$ setsid "$BIN" run & wait'], env)
  await harnessPid(journal)
  process.kill(shell.pid, 'SIGKILL')
  await noted(journal, 'exit 143')
  t.ok(journalOf(journal).includes('teardown done'))
})

t.test('whenever the shell is SIGKILLed after its start, no harness lives on', async t => {
  const script = 'RECIPE_CI_SUPERVISOR=$$ setsid "$BIN" run & wait'
  const startedAt = performance.now()
  const first = makeCase(t)
  const whole = start(t, ['sh', '-c', script], { ...first.env, WORK_MS: '0', TEARDOWN_MS: '0' })
  await whole.ended
  const wholeMs = performance.now() - startedAt
  const runs = SOAK ? 180 : 10
  for (let run = 0; run < runs; run++) {
    const { journal, mark, env } = makeCase(t)
    const delay = (wholeMs * run) / runs
    const shell = start(t, ['sh', '-c', script], { ...env, TEARDOWN_MS: '0' })
    await sleep(delay)
    process.kill(shell.pid, 'SIGKILL')
    await nothingLeft(mark)
    const lines = journalOf(journal)
    const began = lines.some(line => line.startsWith('started'))
    t.ok(!began || lines.at(-1) === 'exit 143', `${delay.toFixed(1)} ms: ${lines.join(', ')}`)
  }
})

t.test('a harness that no guard was armed for still notices that its parent is gone', async t => {
  const { journal, env } = makeCase(t)
  const main = join(install.dir, 'dist/lib/cli/main.js')
  const shell = start(t, ['sh', '-c', `node ${main} run & wait`], env)
  await harnessPid(journal)
  process.kill(shell.pid, 'SIGKILL')
  await noted(journal, 'exit 143')
  t.ok(journalOf(journal).includes('received parent death'))
})

t.test(
  'a harness that is not the child of the parent it was promised to does not start',
  async t => {
    const { journal, env } = makeCase(t)
    const main = join(install.dir, 'dist/lib/cli/main.js')
    const orphan = start(t, ['node', main, 'run'], {
      ...env,
      RECIPE_CI_EXPECTED_PARENT: '999999999',
    })
    t.strictSame(await orphan.ended, { code: 1, signal: null })
    t.match(orphan.output(), /Cannot run orphaned: the parent was 999999999/)
    t.strictSame(journalOf(journal), [])
  },
)

t.test('pid 1 as parent means orphaned', async t => {
  const ORPHAN =
    'sh -c "while [ \\$(cut -d\\  -f4 /proc/\\$\\$/stat) = $$ ]; do sleep 0.01; done; exec \\"\\$BIN\\" run" & exit 0'

  await t.test('and is refused', async t => {
    const { journal, mark, env } = makeCase(t)
    const shell = start(t, ['sh', '-c', ORPHAN], env)
    await shell.ended
    await until(
      () => shell.output().includes('Cannot run orphaned: the parent is pid 1'),
      'the refusal',
    )
    t.match(shell.output(), /tmux.*--detached/)
    await nothingLeft(mark)
    t.notOk(existsSync(journal))
  })

  await t.test('unless a service manager started us', async t => {
    const { journal, env } = makeCase(t)
    start(t, ['sh', '-c', ORPHAN], { ...env, INVOCATION_ID: 'a0', WORK_MS: '0' })
    await noted(journal, 'exit 0')
    t.pass('it ran')
  })

  await t.test('unless detached', async t => {
    const { journal, env } = makeCase(t)
    start(t, ['sh', '-c', ORPHAN], { ...env, RECIPE_CI_DETACHED: 'true', WORK_MS: '0' })
    await noted(journal, 'exit 0')
    t.pass('it ran')
  })
})

t.test('in a PID namespace of its own, pid 1 and a parent outside are true parents', async t => {
  for (const script of [
    'exec "$BIN" run',
    'RECIPE_CI_SUPERVISOR=123456 exec "$BIN" run',
    '"$BIN" run; exit $?',
  ]) {
    const { journal, env } = makeCase(t)
    const inside = start(t, ['unshare', '--pid', '--fork', '--mount-proc', 'sh', '-c', script], {
      ...env,
      WORK_MS: '0',
      CODE: '7',
    })
    t.strictSame(await inside.ended, { code: 7, signal: null }, inside.output())
    t.ok(journalOf(journal).includes('exit 7'))
  }
})

t.test(
  'a detached harness says so, lives on without its shell, and does not hear the hang-up',
  async t => {
    for (const how of ['--detached', 'RECIPE_CI_DETACHED=1']) {
      const { journal, env } = makeCase(t)
      const [args, more] = how.startsWith('--')
        ? [`run ${how}`, {}]
        : ['run', { RECIPE_CI_DETACHED: '1' }]
      const shell = start(t, ['sh', '-c', `"$BIN" ${args} & wait`], { ...env, ...more })
      const pid = await harnessPid(journal)
      process.kill(shell.pid, 'SIGKILL')
      await shell.ended
      process.kill(pid, 'SIGHUP')
      await noted(journal, 'ignored SIGHUP')
      await sleep(1_200) // longer than the look at the parent takes to come round
      t.ok(isAlive(pid))
      t.match(shell.output(), /recipe-ci: detached/)
      process.kill(pid, 'SIGTERM')
      await noted(journal, 'exit 143')
    }
  },
)
