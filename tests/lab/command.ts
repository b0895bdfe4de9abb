import { ExecaError } from 'execa'

const LAST_LINES = 3

/** Runs a command of the lab: what it throws becomes a line or a few, and exit status 1. */
export async function command(act: () => Promise<void>): Promise<void> {
  try {
    await act()
  } catch (error) {
    console.error(`!! ${said(error)}`)
    process.exitCode = 1
  }
}

/** Of a program that failed: its name and the end of what it wrote, which is where programs put the reason. */
function said(error: unknown): string {
  if (!(error instanceof ExecaError)) return error instanceof Error ? error.message : String(error)
  const lines = String(error.stderr).trim().split('\n').slice(-LAST_LINES)
  const program = error.command.split(' ').slice(0, 3).join(' ')
  return [
    `Cannot run "${program} …": it ended with ${error.exitCode ?? error.signal ?? 'no status'}`,
  ]
    .concat(lines)
    .join('\n   ')
}
