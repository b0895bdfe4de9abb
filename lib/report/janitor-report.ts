import type { Writable } from 'node:stream'
import type { Emit } from '../domain/events.js'
import { layOut } from './layout.js'
import { line, type Line } from './line.js'
import { maskHappening } from './mask-happening.js'
import { createOut } from './out.js'
import { PLAIN } from './paint.js'
import { tell } from './tell.js'
import { plural } from './wording.js'

/** What a sweep came to. */
export type JanitorOutcome = {
  readonly exit: number
  readonly suspects: readonly {
    readonly action: string
    readonly done: boolean
    readonly error: string | null
  }[]
}

export type JanitorReportOptions = {
  /** One JSON object at the end in place of lines. */
  readonly json: boolean
  readonly dryRun: boolean
  readonly stdout: Writable
  readonly mask: (text: string) => string
}

export type JanitorReport = {
  readonly emit: Emit
  /** Prints the last words. Rows of suspects come out in the JSON as they are. */
  readonly close: (outcome: JanitorOutcome) => void
}

const LAYOUT = { paint: PLAIN, most: 5, width: 500 }

/** What a sweep says on stdout. Every suspect gets its line, also one that is left alone. Needs no colours: fast to start. */
export function createJanitorReport(options: JanitorReportOptions): JanitorReport {
  const { json, dryRun, stdout, mask } = options
  const out = createOut(stdout)
  const say = (one: Line) => {
    if (!json) for (const text of layOut(one, LAYOUT)) out.write(`${text}\n`)
  }
  return {
    emit: body => {
      const happening = maskHappening(body, mask)
      const { lines, loud } = tell(happening)
      if (loud || happening.type === 'janitor.decided') lines.forEach(say)
    },
    close: outcome => {
      if (json) out.write(`${JSON.stringify(outcome)}\n`)
      else say(line(outcome.exit === 0 ? 'good' : 'bad', `janitor: ${lastWords(outcome, dryRun)}`))
    },
  }
}

function lastWords({ suspects }: JanitorOutcome, dryRun: boolean): string {
  if (suspects.length === 0) return 'nothing to do'
  const count = (action: string, verb: string) => {
    const rows = suspects.filter(row => row.action === action && (dryRun || row.done))
    return rows.length === 0 ? [] : [`${rows.length} ${dryRun ? `to be ${verb}` : verb}`]
  }
  const stuck = suspects.filter(row => row.error !== null).length
  const flagged = suspects.filter(row => row.action === 'flag').length
  return [
    plural(suspects.length, 'suspect'),
    ...count('reap', 'torn down'),
    ...count('tidy', 'tidied'),
    ...(flagged === 0 ? [] : [`${flagged} to be looked at by a person`]),
    ...(stuck === 0 ? [] : [`${stuck} could not be removed`]),
  ].join(', ')
}
