import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { RunFlock } from '../../lib/lock/flock-wait.js'

/** Runs the waiting child without the guard of the process runner: enough where the parent is not killed. */
export const flockChild: RunFlock = async ({ argv: [file, ...args], signal, inheritFd }) => {
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'inherit', inheritFd] })
  const kill = () => child.kill('SIGKILL')
  signal.addEventListener('abort', kill)
  if (signal.aborted) kill()
  const [exitCode] = (await once(child, 'exit')) as [number | null]
  signal.removeEventListener('abort', kill)
  return {
    ended: exitCode === null ? 'signalled' : 'exited',
    exitCode,
    why: `exit ${String(exitCode)}`,
  }
}
