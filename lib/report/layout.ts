import { MARKS, type Kind, type Line } from './line.js'
import type { Paint } from './paint.js'
import { boundedLines } from './wording.js'

const COLOUR_OF: Readonly<Record<Kind, keyof Paint>> = {
  start: 'strong',
  head: 'strong',
  good: 'good',
  bad: 'bad',
  skip: 'dim',
  odd: 'odd',
  warn: 'odd',
  info: 'dim',
  wait: 'dim',
  tail: 'dim',
}

export type Layout = {
  readonly paint: Paint
  /** How many lines one line of ours may take, when its text has line feeds. */
  readonly most: number
  readonly width: number
}

/** A line as text: set in, marked, safe for a terminal; what follows a line feed stands below. */
export function layOut(
  { kind, text, depth }: Line,
  { paint, most, width }: Layout,
): readonly string[] {
  const mark = MARKS[kind]
  const margin = '  '.repeat(depth)
  const [first = '', ...rest] = boundedLines(text, most, width - margin.length - mark.length - 1)
  const color = paint[COLOUR_OF[kind]]
  const whole = kind === 'start' || kind === 'head' || kind === 'bad' || kind === 'warn'
  const head = whole ? color(`${mark} ${first}`) : `${color(mark)} ${first}`
  return [margin + head, ...rest.map(more => `${margin}${' '.repeat(mark.length + 1)}${more}`)]
}
