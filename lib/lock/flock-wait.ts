import type { Env } from '../domain/env.js'
import { AbsentFault } from '../errors.js'
import { LockFault } from './lock-fault.js'

/** The part of the process runner that waiting needs: one child that gets our descriptor as its number 3. */
export type RunFlock = (request: {
  readonly argv: readonly [string, ...string[]]
  readonly env: Env
  readonly deadlineMs: number
  readonly signal: AbortSignal
  readonly inheritFd: number
}) => Promise<{ readonly ended: string; readonly exitCode: number | null; readonly why: string }>

export type FlockWait = {
  readonly run: RunFlock
  readonly env: Env
  /** Ends the wait; its reason is thrown. */
  readonly signal: AbortSignal
  /** How long to wait at most, ms. */
  readonly waitMs: number
}

/**
 * Waits for the lock of an open file by a `flock` child on the same open file: half a millisecond from release to
 * ours, first come first served, no CPU, and cancelled by ending the child. The blocking flock of fs-ext would hold
 * a libuv thread that nothing can wake, not even the exit of the process.
 */
export async function waitByFlock(path: string, fd: number, wait: FlockWait): Promise<void> {
  const { env, signal } = wait
  const argv = ['flock', '-x', '3'] as const
  const outcome = await wait.run({ argv, env, deadlineMs: wait.waitMs, signal, inheritFd: fd })
  signal.throwIfAborted()
  if (outcome.ended === 'exited' && outcome.exitCode === 0) return
  if (outcome.ended === 'deadline') {
    throw new LockFault(path, `still held after ${Math.round(wait.waitMs / 1000)} s`, {
      hint: 'See who holds it: the file says so',
    })
  }
  throw new AbsentFault(`Cannot wait for the lock "${path}": ${outcome.why}`, 'Install util-linux')
}
