import { PassThrough } from 'node:stream'

/** A stream that remembers what was written, and acts as a terminal of a given width. */
export class Screen extends PassThrough {
  readonly isTTY = true
  readonly columns: number
  #text = ''

  constructor(columns = 80) {
    super()
    this.columns = columns
    this.on('data', (chunk: Buffer) => (this.#text += chunk.toString()))
  }

  /** All that was written, escape sequences included. */
  get text(): string {
    return this.#text
  }

  cursorTo(column: number): boolean {
    return this.write(`\u001b[${column + 1}G`)
  }

  moveCursor(_columns: number, rows: number): boolean {
    return this.write(rows < 0 ? `\u001b[${-rows}A` : '')
  }

  clearLine(): boolean {
    return this.write('\u001b[0K')
  }

  /** What a person sees in the end. */
  get shown(): readonly string[] {
    const page: Page = { rows: [''], row: 0, column: 0 }
    for (const [token, count, command] of this.#text.matchAll(TOKEN))
      if (command === undefined) type(page, token)
      else steer(page, command, Number(count === '' ? 1 : count))
    return page.rows.map(line => line.trimEnd())
  }
}

type Page = { rows: string[]; row: number; column: number }

const ESCAPE = '\u001b'
const TOKEN = new RegExp(ESCAPE + String.raw`\[\??(\d*)[;\d]*([A-Za-z])|[\s\S]`, 'gu')

function type(page: Page, character: string): void {
  if (character === '\n') {
    page.row += 1
    page.column = 0
    return
  }
  const line = (page.rows[page.row] ?? '').padEnd(page.column)
  page.rows[page.row] = line.slice(0, page.column) + character + line.slice(page.column + 1)
  page.column += 1
}

function steer(page: Page, command: string, count: number): void {
  if (command === 'G') page.column = count - 1
  if (command === 'A') page.row = Math.max(0, page.row - count)
  if (command === 'K') page.rows[page.row] = (page.rows[page.row] ?? '').slice(0, page.column)
}
