/**
 * A harness in small: the real guards, the real runner, and a life of which everything can be asked for in the
 * environment. Compiled into an install of its own by install.ts and started by the real bin/recipe-ci.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { installLifetime } from '../../../lib/lifetime/lifetime.js'
import type { ExitCode } from '../../../lib/errors.js'
import type { RunProcess } from '../../../lib/process/run-process.js'

const { env, pid, argv } = process
const lifetime = installLifetime(process)
process.on('exit', code => {
  note(`exit ${code}`)
})
lifetime.onNotice(({ kind, signal }) => {
  note(`${kind} ${signal.split('\n')[0] ?? ''}`)
})

function note(text: string): void {
  const journal = env['JOURNAL']
  if (journal !== undefined) appendFileSync(journal, `${text}\n`)
}

function number(name: string, otherwise: number): number {
  return Number(env[name] ?? otherwise)
}

/** Starts $CHILD as a child of ours and reports its end. */
async function work(): Promise<void> {
  const script = env['CHILD']
  if (script !== undefined) void runChild(script, lifetime.signal)
  if (env['BLOCK_MS'] !== undefined) {
    const expected = [script, env['DEADLINE_MS']].filter(given => given !== undefined).length
    while (children() < expected) await sleep(1)
    block(number('BLOCK_MS', 0))
  }
  if (env['DRAIN'] !== undefined) await new Promise(() => undefined)
  if (env['REJECT'] === 'run') void Promise.reject(new Error('stray'))
  if (env['THROW'] !== undefined)
    setTimeout(() => {
      throw new Error('stray')
    })
  if (env['CHATTY'] !== undefined) setInterval(() => process.stdout.write('working\n'), 10)
  await sleep(number('WORK_MS', 60_000), undefined, { signal: lifetime.signal }).catch(
    () => undefined,
  )
}

let runner: Promise<RunProcess> | undefined

async function makeRunner(): Promise<RunProcess> {
  const [{ createProcessRunner }, { findGuard }] = await Promise.all([
    import('../../../lib/process/run-process.js'),
    import('../../../lib/process/guard.js'),
  ])
  const guard = await findGuard(env, join(import.meta.dirname, '../../../..'))
  return createProcessRunner({ guard, mask: text => text })
}

async function runChild(script: string, signal: AbortSignal): Promise<void> {
  const run = await (runner ??= makeRunner())
  const outcome = await run({
    argv: ['sh', '-c', script],
    env,
    deadlineMs: number('CHILD_DEADLINE_MS', 60_000),
    graceMs: 200,
    signal,
    terminal: env['TERMINAL'] !== undefined,
  })
  note(`child ${outcome.ended}`)
}

/** How many processes we have started that live: the backstop and $CHILD. */
function children(): number {
  return readFileSync(`/proc/self/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).length
}

function block(ms: number): void {
  note('blocked')
  for (const end = Date.now() + ms; Date.now() < end;);
}

async function teardown(): Promise<void> {
  lifetime.beginTeardown()
  note('teardown began')
  if (env['REJECT'] === 'teardown') void Promise.reject(new Error('stray'))
  process.stdout.write(`tearing down\n${'x'.repeat(number('OUTPUT_BYTES', 0))}`)
  await sleep(number('TEARDOWN_MS', 0))
  const { TEARDOWN_CHILD, TEARDOWN_GATE } = env
  if (TEARDOWN_CHILD !== undefined) await runChild(TEARDOWN_CHILD, new AbortController().signal)
  while (TEARDOWN_GATE !== undefined && !existsSync(TEARDOWN_GATE)) await sleep(5)
  if (env['TEARDOWN_BLOCK_MS'] !== undefined) block(number('TEARDOWN_BLOCK_MS', 0))
  process.stdout.write('torn down\n')
  note('teardown done')
}

/** Takes the lock $LOCK for the life of this process, as a run does. */
async function takeLock(): Promise<void> {
  if (env['LOCK'] === undefined) return
  const { FileLock } = await import('../../../lib/lock/file-lock.js')
  note(`lock ${FileLock.probe(env['LOCK'], { create: true, touch: true }).outcome}`)
}

async function main(): Promise<never> {
  process.chdir('/')
  await takeLock()
  // What teardown needs is there before it begins.
  if (env['TEARDOWN_CHILD'] !== undefined) await (runner ??= makeRunner())
  if (env['DEADLINE_MS'] !== undefined) {
    lifetime.arm(number('DEADLINE_MS', 0), number('TEARDOWN_BUDGET_MS', 60_000))
  }
  note(`started ${pid} ${JSON.stringify(argv.slice(2))}`)
  await work()
  await teardown()
  return lifetime.leave(number('CODE', 0) as ExitCode)
}

await main()
