import type { Animal } from './animal.js'
import { nameOf } from './table.js'

export const BEGIN = '<!-- animals: written by tests/zoo/write-page.ts -->'
export const END = '<!-- /animals -->'

/** The table of docs/zoo.md. */
export function animalTable(animals: readonly Animal[]): string {
  const rows = animals.map(
    animal => `| \`${animal.name}\` | ${animal.about.replaceAll('|', '\\|')} | ${nameOf(animal)} |`,
  )
  return ['| animal | what it is | what has to be said |', '|---|---|---|', ...rows].join('\n')
}

/** A page with the table between its marks brought up to date. */
export function withTable(page: string, animals: readonly Animal[]): string {
  const [before = '', rest = ''] = page.split(BEGIN)
  const [, after = ''] = rest.split(END)
  return `${before}${BEGIN}\n\n${animalTable(animals)}\n\n${END}${after}`
}
