import { plainText } from './text.js'

/** One row of a table, by its headings in lower case. */
export type Row = Readonly<Record<string, string>>

const SEPARATOR = /[|│┃║]/
const BORDER = /^[\s+\-=|─━│┃┌┐└┘├┤┬┴┼┏┓┗┛┣┫┳┻╋╇╈╪╬═║╔╗╚╝╠╣╦╩╭╮╰╯]+$/

/**
 * Reads the rows of a drawn table, with thick, thin, double or ASCII lines. A row whose first cell is empty goes on from
 * the one above: a terminal that is too narrow wraps cells.
 */
export function readTable(text: string): readonly Row[] {
  const lines = plainText(text).split('\n')
  const drawn = lines.filter(line => SEPARATOR.test(line) && !BORDER.test(line)).map(cellsOf)
  const [headings, ...rows] = drawn.length > 0 ? joinWrapped(drawn) : alignedRows(lines)
  if (headings === undefined) return []
  const names = headings.map(heading => heading.toLowerCase())
  return rows
    .filter(cells => cells.length >= names.length)
    .map(cells => Object.fromEntries(names.map((name, place) => [name, cells[place] ?? ''])))
}

/** A table without lines: its columns are parted by two blanks or more, its headings stand in capitals. */
function alignedRows(lines: readonly string[]): string[][] {
  const split = (line: string): string[] => line.trim().split(/\s{2,}|\t+/)
  const first = lines.findIndex(
    line => split(line).length >= 3 && /^[A-Z][A-Z ]*$/.test(line.trim().replace(/\s+/g, ' ')),
  )
  return first < 0 ? [] : lines.slice(first).map(split)
}

function cellsOf(line: string): string[] {
  const cells = line.trim().split(SEPARATOR)
  if (cells[0] === '') cells.shift()
  if (cells.at(-1) === '') cells.pop()
  return cells.map(cell => cell.trim())
}

function joinWrapped(rows: readonly string[][]): string[][] {
  const whole: string[][] = []
  for (const cells of rows) {
    const above = whole.at(-1)
    const goesOn = cells[0] === '' && above?.length === cells.length
    if (goesOn)
      whole[whole.length - 1] = above.map((cell, at) => `${cell} ${cells[at] ?? ''}`.trim())
    else whole.push(cells)
  }
  return whole
}

/** The cell below the heading that begins so; headings may be cut short in a narrow terminal. */
export function cellOf(row: Row, heading: string): string | undefined {
  const shown = (name: string): string => name.replace(/[….]+$/, '').trim()
  const name = Object.keys(row).find(
    each =>
      shown(each).length >= 3 && (each.startsWith(heading) || heading.startsWith(shown(each))),
  )
  return name === undefined ? undefined : row[name]
}
