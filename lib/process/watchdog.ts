import { spawn } from 'node:child_process'
import { Socket } from 'node:net'

export type Watchdog = {
  /** Teardown has begun: from now on it has `teardownMs`. */
  readonly answer: () => void
}

type WatchOptions = {
  /** Path of the native guard. */
  readonly guard: string
  readonly afterMs: number
  readonly teardownMs: number
  /** Between ALRM and KILL, when no teardown begins. */
  readonly answerMs: number
  /** The pid of bin/step, if it started us: told before a KILL that no teardown preceded. */
  readonly step?: number | undefined
}

/**
 * The deadline's backstop in a process of its own, for the day when our event loop hangs: ALRM after `afterMs`, KILL
 * when no teardown begins, KILL when teardown takes longer than `teardownMs`. It dies with us and keeps nothing of ours.
 */
export function startWatchdog(options: WatchOptions): Watchdog {
  const { guard, afterMs, teardownMs, answerMs, step } = options
  const times = ['--after', afterMs, '--answer', answerMs, '--teardown', teardownMs].map(String)
  const told = step === undefined ? [] : ['--step', String(step)]
  const child = spawn(guard, ['--watch', String(process.pid), ...times, ...told], {
    cwd: '/',
    env: {},
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  // It may be gone or may never have come: then there is no backstop, and nothing to do about it here.
  child.on('error', () => undefined)
  child.stdin.on('error', () => undefined)
  child.unref()
  const { stdin } = child
  if (stdin instanceof Socket) stdin.unref()
  return {
    answer: () => {
      stdin.write('T')
    },
  }
}
