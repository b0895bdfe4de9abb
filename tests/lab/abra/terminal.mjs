import process from 'node:process'
import { createInterface } from 'node:readline'
import { behaviour } from './behaviours.mjs'
import { Fatal, print } from './log.mjs'

const hasTerminal = () => process[behaviour('TERMINAL')].isTTY === true

/** An exec with a terminal wants one on this side too. */
export function wantTerminalForExec() {
  if (!hasTerminal()) throw new Fatal('the input device is not a TTY')
}

/** The progress of a deploy is a full-screen program. */
export function wantTerminalForWait() {
  if (behaviour('WAIT_TERMINAL') === 'needs' && !hasTerminal()) {
    throw new Fatal('could not open a new TTY: open /dev/tty: no such device or address')
  }
}

/** Prints a table that asks the terminal for its width, unless ABRA_CI=1. */
export function printTable(headings, rows) {
  const asks = behaviour('TABLE_WIDTH') === 'ask' && process.env['ABRA_CI'] !== '1'
  if (asks && !hasTerminal()) throw new Fatal('inappropriate ioctl for device')
  print(formatTable(headings, rows))
}

// Emoji of two columns, followed or not by a selector.
const width = text =>
  [...text.replaceAll('\ufe0f', '')].reduce(
    (sum, c) => sum + (c > '\u2fff' || '✅❌'.includes(c) ? 2 : 1),
    0,
  )
const pad = (text, size) => text + ' '.repeat(size - width(text))

export function formatTable(headings, rows) {
  const all = [headings.map(heading => heading.toUpperCase()), ...rows]
  const sizes = headings.map((_, column) => Math.max(...all.map(row => width(row[column]))))
  const rule = (left, middle, right) =>
    left + sizes.map(size => '━'.repeat(size + 2)).join(middle) + right
  const line = row => `┃${row.map((cell, column) => ` ${pad(cell, sizes[column])} `).join('┃')}┃`
  const [head, ...body] = all.map(line)
  return [rule('┏', '┳', '┓'), head, rule('┣', '╋', '┫'), ...body, rule('┗', '┻', '┛')].join('\n')
}

/** Machine output: an array of objects of strings, keyed by the headings in lower case. */
export function printJson(headings, rows) {
  const objects = rows.map(row =>
    Object.fromEntries(headings.map((heading, i) => [heading, row[i]])),
  )
  print(JSON.stringify(objects))
}

/** A prompt: answered by --no-input, else by a line on stdin, which may never come. */
export async function confirm(question, { noInput }) {
  if (noInput) return
  print(`? ${question} (y/N)`)
  for await (const line of createInterface({ input: process.stdin })) {
    if (/^y(es)?$/i.test(line.trim())) return
    throw new Fatal('deployment cancelled')
  }
  throw new Fatal('EOF')
}
