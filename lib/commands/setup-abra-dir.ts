import { join } from 'node:path'
import type { SetupRequest } from '../domain/request.js'
import { AbsentFault, EXIT, UsageFault, type ExitCode } from '../errors.js'
import { RunLock } from '../lock/run-lock.js'
import { createAbraDir } from '../recipe/abra-dir.js'

export type SetupPorts = {
  /** One line on stdout. */
  readonly print: (line: string) => void
}

/**
 * Builds the abra folder of a run and prints the line that makes a shell use it.
 *
 * @throws UsageFault when a run of this id lives: it works in that folder. AbsentFault when the folder cannot be written.
 */
export async function setupAbraDir(
  { config, runId }: SetupRequest,
  { print }: SetupPorts,
): Promise<ExitCode> {
  const folder = join(config.runsDir, runId)
  refuseLiving(folder)
  const path = join(folder, 'abra')
  try {
    await createAbraDir(config.abraDir, path)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new AbsentFault(
      `Cannot build "${path}": ${why}`,
      'Name a folder that can be written with --runs-dir',
      { cause: error },
    )
  }
  print(`export ABRA_DIR=${quoted(path)}`)
  return EXIT.green
}

function refuseLiving(folder: string): void {
  const probed = RunLock.probe(folder)
  if (probed.outcome === 'won') probed.lock.release()
  if (probed.outcome !== 'refused') return
  throw new UsageFault(
    `Cannot build "${join(folder, 'abra')}": ${probed.holder} works there`,
    'Give another --run-id, or wait for the end of that run',
  )
}

/** One word for any POSIX shell, whatever is in it. */
function quoted(text: string): string {
  return /^[\w./:@%+,=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
