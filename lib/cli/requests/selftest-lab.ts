import { join } from 'node:path'
import type { LabSelftestRequest } from '../../domain/request.js'
import { EXIT, type ExitCode } from '../../errors.js'
import { startBare } from '../../process/bare-child.js'
import { findGuard, type Command } from '../../process/guard.js'
import type { Host } from '../host.js'

/** Of a checkout: brings a lab up, runs the self-test on it and takes it down. */
export const LAB_SCRIPT = 'tests/lab/selftest'

/** Hands the self-test over to the lab's own script, and what ends us to the script as well. */
export async function performSelftestOnLab(
  { words }: LabSelftestRequest,
  { env, installDir, lifetime, pid }: Host,
): Promise<ExitCode> {
  const script: Command = ['sh', join(installDir, LAB_SCRIPT), ...words]
  const { path } = await findGuard(env, installDir)
  // Not even the death of this process may leave a lab behind.
  const tied = path === undefined ? [] : [path, '--signal', 'TERM', '--parent', String(pid), '--']
  const argv = [...tied, ...script] as unknown as Command
  const child = await startBare({ argv, env, cwd: '/' })
  const stop = (): void => {
    child.kill('SIGTERM')
  }
  lifetime.signal.addEventListener('abort', stop, { once: true })
  if (lifetime.signal.aborted) stop()
  const { exitCode } = await child.ended
  return Object.values(EXIT).find(code => code === exitCode) ?? EXIT.fault
}
