import type { CrashPoint } from '../domain/crash-points.js'
import type { HostSelftestRequest } from '../domain/request.js'
import { AbsentFault, EXIT, type ExitCode } from '../errors.js'
import type { PlannedRow } from '../selftest/plan.js'
import { planRows } from '../selftest/plan.js'
import type { NotReached, Row } from '../selftest/row.js'
import { tableFoot, tableHead, tableRow } from '../selftest/table.js'

/** Everything that the self-test may do to the host. */
export type SelftestPorts = {
  /** Whether a backup bot answers. */
  readonly hasBot: () => Promise<boolean>
  readonly performRow: (
    row: PlannedRow,
  ) => Promise<{ readonly row: Row; readonly notReached: NotReached | undefined }>
  /** One more sweep, which nothing ends early. */
  readonly lastSweep: () => Promise<void>
  /** For the reader: each line as it happens. */
  readonly say: (text: string) => void
  /** The one JSON object, if that was asked for. */
  readonly json: (report: SelftestReport) => void
  /** What will be done, before anything is. */
  readonly announce: (rows: readonly PlannedRow[], leftOut: readonly CrashPoint[]) => string
}

/** What `--json` prints. */
export type SelftestReport = {
  readonly exit: ExitCode
  readonly rows: readonly Row[]
  readonly left_out: readonly CrashPoint[]
}

/** Could not be tested at all: a run ended by itself before its point, because this host is not fit for any. */
const COULD_NOT_TEST: readonly (number | null)[] = [EXIT.fault, EXIT.usage]

/**
 * Kills a run at each point in turn and proves that one sweep brings the host back. Green only when every row is clean. A
 * point that needs a backup bot is left out where none answers, unless it was asked for by name.
 *
 * @throws AbsentFault when no recipe can be tested here at all.
 */
export async function selftest(
  { points, chosen }: Pick<HostSelftestRequest, 'points' | 'chosen'>,
  ports: SelftestPorts,
): Promise<ExitCode> {
  const bot = chosen || (await ports.hasBot())
  const all = planRows(points)
  const planned = all.filter(({ needsBot }) => bot || !needsBot)
  const leftOut = all.filter(row => !planned.includes(row)).map(({ point }) => point)
  ports.say(ports.announce(planned, leftOut))
  ports.say(tableHead())
  const rows: Row[] = []
  try {
    for (const each of planned) {
      const { row, notReached } = await ports.performRow(each)
      rows.push(row)
      ports.say(tableRow(row))
      if (notReached !== undefined && COULD_NOT_TEST.includes(notReached.exitCode))
        throw unfit(notReached)
    }
  } catch (error) {
    await ports.lastSweep()
    throw error
  }
  ports.say(tableFoot(rows, leftOut))
  const exit = rows.length > 0 && rows.every(({ clean }) => clean) ? EXIT.green : EXIT.red
  ports.json({ exit, rows, left_out: leftOut })
  return exit
}

function unfit({ said, exitCode }: NotReached): AbsentFault {
  return new AbsentFault(
    `Cannot test this host: the run of the self-test's own recipe ended with ${exitCode ?? 'a signal'}: ${said}`,
    'Mend what it says, then start the self-test again',
  )
}
