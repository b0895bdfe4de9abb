import type { Writable } from 'node:stream'
import type { Ora } from 'ora'

export type Terminal = Writable & { readonly columns?: number }

export type Spinner = {
  readonly spinner: Ora
  /** The terminal's width just now. */
  readonly columns: () => number
}

const USUAL_COLUMNS = 80

/** A spinner that leaves the keyboard, the cursor and the process's signals alone. Loaded here only: it is slow to load. */
export async function createSpinner(terminal: Terminal, color: boolean): Promise<Spinner> {
  const { default: ora } = await import('ora')
  const stream = withWidth(terminal)
  const spinner = ora({
    stream,
    color: color ? 'cyan' : false,
    isEnabled: true,
    hideCursor: false, // a killed run could not show it again
    discardStdin: false,
    interval: 250,
  })
  return { spinner, columns: () => stream.columns }
}

/**
 * The same terminal, but never of width 0, as one without a size says of itself (a serial line, a pseudo-terminal that
 * nobody has sized). Ora divides by the width: with 0 it would clear lines for ever.
 */
function withWidth(terminal: Terminal): Terminal & { readonly columns: number } {
  const columns = () => Math.max(terminal.columns ?? 0, 0) || USUAL_COLUMNS
  return Object.create(terminal, { columns: { get: columns } }) as Terminal & { columns: number }
}
