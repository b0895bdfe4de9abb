import type { Status } from '../domain/tiers.js'

/** What kind of line it is decides its mark and its colour. */
export type Kind =
  'start' | 'head' | 'good' | 'bad' | 'skip' | 'odd' | 'warn' | 'info' | 'wait' | 'tail'

export const MARKS: Readonly<Record<Kind, string>> = {
  start: '▶',
  head: '▸',
  good: '✔',
  bad: '✘',
  skip: '–',
  odd: '?',
  warn: '!!',
  info: '·',
  wait: '…',
  tail: '|',
}

export const KIND_OF: Readonly<Record<Status, Kind>> = {
  pass: 'good',
  fail: 'bad',
  skip: 'skip',
  unver: 'odd',
}

/** One line about something that happened. */
export type Line = {
  readonly kind: Kind
  readonly text: string
  /** How far it is set in. */
  readonly depth: 0 | 1 | 2
}

export type Told = {
  readonly lines: readonly Line[]
  /** It changes what a person believes, so it belongs on the terminal; else in log.txt alone. */
  readonly loud: boolean
}

export function line(kind: Kind, text: string, depth: Line['depth'] = 0): Line {
  return { kind, text, depth }
}

/** How a check stands. */
export function checkLine(status: Status, name: string, detail: string): Line {
  return line(
    KIND_OF[status],
    withDetail(status === 'pass' ? name : `${name} ${status}`, detail),
    1,
  )
}

/** How a tier or lint stands. */
export function verdictLine(status: Status, name: string, detail: string): Line {
  return line(KIND_OF[status], withDetail(`${name} ${status}`, detail))
}

function withDetail(text: string, detail: string): string {
  return detail === '' ? text : `${text}: ${detail}`
}

export function loud(...lines: readonly Line[]): Told {
  return { lines, loud: lines.length > 0 }
}

export function quiet(...lines: readonly Line[]): Told {
  return { lines, loud: false }
}

/** Worth the terminal only under a condition. */
export function loudIf(isLoud: boolean, one: Line): Told {
  return { lines: [one], loud: isLoud }
}
