import type { Ended } from '../domain/ended.js'

type Facts = {
  readonly argv: readonly string[]
  readonly ended: Ended
  readonly exitCode: number | null
  readonly signal: string | null
  readonly deadlineMs: number
  /** The reason that the caller's AbortSignal carries. */
  readonly reason: unknown
  /** What the guard or the system said when the child could not be started. */
  readonly message: string | undefined
}

/** One sentence that names the call and says why it is over. */
export function whyOf(facts: Facts): string {
  return sentence(facts).replace(/\s+/g, ' ')
}

function sentence(facts: Facts): string {
  const call = `"${shortened(facts.argv.join(' '))}"`
  switch (facts.ended) {
    case 'exited':
      return `${call} exited with ${facts.exitCode ?? 'no code'}`
    case 'signalled':
      return `${call} was killed by ${facts.signal ?? 'a signal'}`
    case 'deadline':
      return `${call} did not end within ${facts.deadlineMs / 1000} s and was killed${endOf(facts)}`
    case 'cancelled':
      return `${call} was cancelled${reasonOf(facts.reason)}${endOf(facts)}`
    case 'not-started':
      return `${call} could not be started: ${facts.message ?? 'no reason given'}`
  }
}

const LONGEST = 200

function shortened(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`
}

function endOf({ exitCode, signal }: Facts): string {
  if (signal !== null) return ` (${signal})`
  return exitCode === null ? '' : ` (it then exited with ${exitCode})`
}

/** AbortSignals carry a lifetime's end, an error, or nothing worth saying. */
function reasonOf(reason: unknown): string {
  if (typeof reason === 'string') return `: ${reason}`
  if (typeof reason !== 'object' || reason === null) return ''
  if ('reason' in reason && typeof reason.reason === 'string') return `: ${reason.reason}`
  return reason instanceof Error && reason.name !== 'AbortError' ? `: ${reason.message}` : ''
}
