import { join } from 'node:path'
import type { SetupRequest } from '../domain/request.js'
import { AbsentFault, EXIT, type ExitCode } from '../errors.js'
import { createAbraDir } from '../recipe/abra-dir.js'

export type SetupPorts = {
  /** One line on stdout. */
  readonly print: (line: string) => void
}

/**
 * Builds the abra folder of a run and prints the line that makes a shell use it.
 *
 * @throws AbsentFault when the folder cannot be written.
 */
export async function setupAbraDir(
  { config, runId }: SetupRequest,
  { print }: SetupPorts,
): Promise<ExitCode> {
  const path = join(config.runsDir, runId, 'abra')
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

/** One word for any POSIX shell, whatever is in it. */
function quoted(text: string): string {
  return /^[\w./:@%+,=-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
