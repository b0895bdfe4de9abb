import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync, readFileSync, closeSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { nativeGuard } from '../../lib/process/guard.js'
import {
  createProcessRunner,
  type Outcome,
  type ProcessRequest,
} from '../../lib/process/run-process.js'
import { guardPath } from '../support/lives/install.js'
import { makeCase } from '../support/lives/marked.js'
import {
  isAlive,
  journalOf,
  noted,
  nothingLeft,
  plainEnv,
  until,
} from '../support/lives/processes.js'

const mask = (text: string): string => text.replaceAll('hunter22', '***')
const run = createProcessRunner({ guard: nativeGuard(await guardPath()), mask })

function sh(script: string, more: Partial<ProcessRequest> = {}): Promise<Outcome> {
  return run({ argv: ['sh', '-c', script], env: plainEnv(), deadlineMs: 20_000, ...more })
}

t.test('a child ends as it ends: code, signal, output', async t => {
  // prettier-ignore
  const rows = [
    ['echo out; echo err >&2',  { ended: 'exited', exitCode: 0, signal: null, stdout: 'out\n', stderr: 'err\n' }],
    ['exit 7',                  { ended: 'exited', exitCode: 7, signal: null }],
    ['exit 126',                { ended: 'exited', exitCode: 126, signal: null }],
    ['kill -TERM $$',           { ended: 'signalled', exitCode: null, signal: 'SIGTERM' }],
    ['kill -SEGV $$',           { ended: 'signalled', exitCode: null, signal: 'SIGSEGV' }],
    ['kill -KILL $$',           { ended: 'signalled', exitCode: null, signal: 'SIGKILL' }],
    ['pwd',                     { ended: 'exited', stdout: '/\n' }],
    ['cat',                     { ended: 'exited', exitCode: 0, stdout: '' }],
  ] as const
  for (const [script, outcome] of rows) {
    t.match(await sh(script), outcome, script)
    if (script !== 'pwd') continue
    t.match(await sh(script, { cwd: '/usr' }), { stdout: '/usr\n' })
  }
  t.match(await sh('cat', { stdin: 'given' }), { stdout: 'given', exitCode: 0 })
})

t.test('a program that cannot be started is an outcome, not an exception', async t => {
  const request = { env: plainEnv(), deadlineMs: 5_000 }
  const missing = await run({ ...request, argv: ['no-such-program'] })
  t.match(missing, {
    ended: 'not-started',
    exitCode: null,
    why: /could not be started: .*No such file/,
  })
  t.match(await run({ ...request, argv: ['/etc/passwd'] }), {
    ended: 'not-started',
    why: /Permission denied/,
  })
  t.match(await run({ ...request, argv: ['true'], cwd: '/nowhere' }), { ended: 'not-started' })
  const withoutGuard = createProcessRunner({ guard: nativeGuard('/nowhere/guard'), mask })
  t.match(await withoutGuard({ ...request, argv: ['true'] }), { ended: 'not-started' })
})

t.test(
  'at its deadline a child is killed with all that it started, also what ignores TERM or left its group',
  async t => {
    const { mark, env } = makeCase(t, t.testdir())
    const outcome = await sh(
      'trap "" TERM; (trap "" TERM; sleep 3600) & setsid sleep 3600 & sleep 3600',
      {
        env: plainEnv(env),
        deadlineMs: 300,
        graceMs: 200,
      },
    )
    t.match(outcome, { ended: 'deadline', signal: 'SIGKILL', why: /did not end within 0.3 s/ })
    await nothingLeft(mark)
  },
)

t.test('a child that talks all the time gets no longer than a silent one', async t => {
  const chatty = 'while :; do echo working; done'
  for (const more of [{}, { terminal: true }]) {
    const { mark, env } = makeCase(t, t.testdir())
    const options = { env: plainEnv(env), deadlineMs: 300, graceMs: 200, maxOutputBytes: 1000 }
    t.match(await sh(chatty, { ...options, ...more }), { ended: 'deadline', truncated: true })
    await nothingLeft(mark)
  }
})

t.test('a child may use its grace to end in order', async t => {
  const outcome = await sh('trap "echo bye; exit 3" TERM; echo ready; sleep 60 & wait', {
    deadlineMs: 1_500,
  })
  t.match(outcome, { ended: 'deadline', exitCode: 3, signal: null, stdout: 'ready\nbye\n' })
})

t.test('an aborted signal ends the child, and the first reason stays', async t => {
  const stop = new AbortController()
  const running = sh('sleep 60', { signal: stop.signal, deadlineMs: 20_000 })
  await sleep(50)
  stop.abort({ reason: 'terminated' })
  t.match(await running, {
    ended: 'cancelled',
    signal: 'SIGTERM',
    why: /was cancelled: terminated/,
  })
  const journal = join(t.testdir(), 'journal')
  t.match(await sh(`echo started > ${journal}`, { signal: stop.signal }), { ended: 'cancelled' })
  t.strictSame(journalOf(journal), [], 'aborted before: never started')
})

t.test(
  'nothing that a child started outlives it, and who holds its output cannot hold us',
  async t => {
    for (const terminal of [false, true]) {
      const { mark, env } = makeCase(t, t.testdir())
      const outcome = await sh(
        'sleep 3600 & setsid sleep 3600 & (setsid sh -c "sleep 3600 & wait" &) ; echo done',
        {
          env: plainEnv(env),
          terminal,
        },
      )
      t.match(outcome, { ended: 'exited', exitCode: 0, stdout: 'done\n' })
      await nothingLeft(mark)
    }
  },
)

t.test('a child leads a group of its own: a signal to our group does not reach it', async t => {
  const outcome = await sh(
    'ps -o pgid= -p $$ | tr -d " "; ps -o pgid= -p $PPID | tr -d " "; ps -o sid= -p $$ | tr -d " "',
  )
  const [childGroup, guardGroup, session] = outcome.stdout.trim().split('\n').map(Number)
  t.equal(childGroup, guardGroup, 'its guard leads it')
  t.equal(session, guardGroup, 'in a session of its own')
  t.not(childGroup, process.pid)
})

t.test(
  'no descriptor of ours is in a child or its guard, except the one that is handed over',
  async t => {
    const path = join(t.testdir(), 'lock')
    const fd = openSync(path, 'w')
    const leaked = openSync('/dev/null', 'r')
    // The guard lets go of what it was started with right after the child's start: give it a moment.
    const settled =
      'for i in $(seq 100); do [ "$(ls /proc/$PPID/fd | wc -l)" = 4 ] && break; sleep 0.01; done'
    const list = `${settled}; ls /proc/$$/fd; echo; ls /proc/$PPID/fd; echo; readlink /proc/$$/fd/3 || :`
    const [child, guard] = (await sh(list)).stdout.split('\n\n')
    t.equal(child, '0\n1\n2')
    // The guard holds nothing but its signal descriptor; its streams are /dev/null.
    t.equal(guard, '0\n1\n2\n3')
    const handed = (await sh(list, { inheritFd: fd })).stdout.split('\n\n')
    t.strictSame(handed, ['0\n1\n2\n3', '0\n1\n2\n3', `${path}\n`])
    closeSync(fd)
    closeSync(leaked)
  },
)

t.test('descriptors that we got ourselves without asking stop at the guard', async t => {
  for (const [flags, seen] of [
    [[], '0\n1\n2\n'],
    [['--fd3'], '0\n1\n2\n3\n'],
  ] as const) {
    const argv = ['--signal', 'KILL', '--parent', String(process.pid), '--group', ...flags, '--']
    const child = spawn(await guardPath(), [...argv, 'sh', '-c', 'ls /proc/$$/fd'], {
      env: plainEnv(),
      detached: true,
      stdio: [
        'ignore',
        'pipe',
        'inherit',
        ...Array.from({ length: 9 }, () => openSync('/dev/null', 'r')),
      ],
    })
    let output = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
    await once(child, 'close')
    t.equal(output, seen)
  }
})

t.test('a pseudo-terminal is a terminal of a sensible size, whose output comes raw', async t => {
  const script =
    'tty </dev/tty >/dev/null && test -t 0 && test -t 1 && test -t 2 && stty size; echo err >&2'
  const outcome = await sh(script, { terminal: true })
  t.match(outcome, { ended: 'exited', exitCode: 0, stdout: '50 160\nerr\n', stderr: '' })
})

t.test(
  'a prompt on a pseudo-terminal gets what stdin holds, then the end of file: it never hangs',
  async t => {
    const script = 'read a; read b || echo "<$a> and no more"'
    for (const stdin of ['yes\n', 'yes']) {
      const outcome = await sh(script, { terminal: true, stdin, deadlineMs: 5_000 })
      t.match(outcome, { ended: 'exited', exitCode: 0 })
    }
    t.equal((await sh(script, { terminal: true, stdin: 'yes\n' })).stdout, '<yes> and no more\n')
    t.match(await sh('cat; echo end', { terminal: true }), { ended: 'exited', stdout: 'end\n' })
  },
)

t.test('a pseudo-terminal loses no output, and passes on code and signal', async t => {
  const outcome = await sh('seq 1 100000; exit 9', { terminal: true })
  t.match(outcome, { ended: 'exited', exitCode: 9 })
  t.ok(outcome.stdout === `${Array.from({ length: 100_000 }, (_, i) => i + 1).join('\n')}\n`)
  t.match(await sh('kill -QUIT $$', { terminal: true }), { ended: 'signalled', signal: 'SIGQUIT' })
  t.match(await run({ argv: ['nope'], env: plainEnv(), deadlineMs: 5_000, terminal: true }), {
    ended: 'not-started',
  })
  const stuck = await sh('trap "" TERM HUP; sleep 60 & sleep 60', {
    terminal: true,
    deadlineMs: 200,
    graceMs: 100,
  })
  t.match(stuck, { ended: 'deadline', signal: 'SIGKILL' })
})

t.test('memory holds the end of the output, the log all of it, masked', async t => {
  const logFile = join(t.testdir(), 'log')
  const outcome = await sh('echo hunter22 >&2; seq 1 200000; echo the end', {
    logFile,
    maxOutputBytes: 100,
  })
  t.ok(outcome.truncated)
  t.ok(outcome.stdout.endsWith('\nthe end\n'))
  t.equal(Buffer.byteLength(outcome.stdout), 100)
  const log = readFileSync(logFile, 'utf8')
  t.match(log, /^\$ sh -c echo \*\*\* >&2/)
  t.match(log, /\n\*\*\*\n/)
  t.match(log, /\n200000\nthe end\n# "sh .*" exited with 0 \(\d+ ms\)\n$/)
  t.notMatch(log, /hunter22/)
})

t.test('a log on a full disk costs the log, not the call', async t => {
  const warnings: string[] = []
  const runner = createProcessRunner({
    guard: nativeGuard(await guardPath()),
    mask,
    emit: happening => {
      if (happening.type === 'run.warned') warnings.push(happening.text)
    },
  })
  const request = { argv: ['echo', 'hi'], env: plainEnv(), deadlineMs: 5_000 } as const
  t.match(await runner({ ...request, logFile: '/dev/full' }), { exitCode: 0, stdout: 'hi\n' })
  t.match(await runner({ ...request, logFile: '/nowhere/log' }), { exitCode: 0, stdout: 'hi\n' })
  t.match(warnings, [/ENOSPC/, /Cannot write "\/nowhere\/log"/])
})

t.test('secrets that a call has just made are learnt before they are logged', async t => {
  const logFile = join(t.testdir(), 'log')
  const known = new Set<string>()
  const runner = createProcessRunner({
    guard: nativeGuard(await guardPath()),
    mask: text => [...known].reduce((masked, secret) => masked.replaceAll(secret, '***'), text),
  })
  const argv = ['echo', 'fresh', 'correcthorse'] as const
  const learn = ({ stdout }: { readonly stdout: string }) =>
    known.add(stdout.trim().split(' ')[1] ?? '')
  await runner({
    argv,
    env: plainEnv(),
    deadlineMs: 5_000,
    logFile,
    learn: output => void learn(output),
  })
  const [, ...lines] = readFileSync(logFile, 'utf8').split('\n')
  t.equal(lines[0], 'fresh ***')
})

t.test('a guard that is SIGKILLed takes its child along', async t => {
  for (const terminal of [false, true]) {
    const { mark, env, journal } = makeCase(t, t.testdir())
    const script = 'trap "" HUP; echo $PPID >> "$JOURNAL"; exec sleep 60'
    const running = sh(script, { env: plainEnv(env), terminal })
    process.kill(Number(await noted(journal, '')), 'SIGKILL')
    t.match(await running, { ended: 'signalled', signal: 'SIGKILL' })
    await nothingLeft(mark)
  }
})

t.test('the end of a mere thread of ours is not our death', async t => {
  const { Worker } = await import('node:worker_threads')
  const { mark, env, journal } = makeCase(t, t.testdir())
  const argv = ['--signal', 'KILL', '--parent', String(process.pid), '--group', '--']
  const script = `
    const { spawn } = require('node:child_process')
    const child = spawn(${JSON.stringify(await guardPath())}, ${JSON.stringify(argv)}.concat(['sh', '-c', 'echo $$ >> "$JOURNAL"; exec sleep 60']),
      { detached: true, stdio: 'ignore', env: ${JSON.stringify(plainEnv(env))} })
    child.unref()`
  const worker = new Worker(script, { eval: true })
  const pid = Number(await noted(journal, ''))
  await worker.terminate()
  await sleep(100)
  t.ok(isAlive(pid))
  process.kill(pid, 'SIGKILL')
  await until(() => !isAlive(pid), 'the end of the child')
  await nothingLeft(mark)
})
