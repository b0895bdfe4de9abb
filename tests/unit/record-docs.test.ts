import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { fieldsOf, type Field } from '../support/type-fields.js'

const ROOT = new URL('../../', import.meta.url).pathname
const at = (path: string) => join(ROOT, path)
const read = (path: string) => readFileSync(at(path), 'utf8')

/** Sections of a page by title, each with the cells of its table's rows. */
function sections(page: string): ReadonlyMap<string, readonly (readonly string[])[]> {
  const parts = page.split(/^## /m).slice(1)
  return new Map(
    parts.map(part => {
      const [title = '', ...lines] = part.split('\n')
      const rows = lines.filter(line => line.startsWith('| `'))
      return [title, rows.map(cellsOf)]
    }),
  )
}

/** A bar with a backslash before it belongs to the cell. */
function cellsOf(row: string): readonly string[] {
  return row
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map(cell =>
      cell
        .trim()
        .replace(/^`(.*)`$/, '$1')
        .replaceAll('\\|', '|'),
    )
}

const named = ({ name, optional }: Field) => (optional ? `${name}?` : name)

t.test('docs/events.md lists every event with its fields and types, and no other', async t => {
  const documented = Object.fromEntries(
    [...sections(read('docs/events.md'))].map(([type, rows]) => [
      type,
      rows.map(([name, kind]) => [name, kind]),
    ]),
  )
  const real: Readonly<Record<string, unknown>> = Object.fromEntries(
    fieldsOf(at('lib/domain/events.ts'), 'HappeningBody').map(([type, ...fields]) => [
      type?.type.slice(1, -1) ?? '',
      fields.map(field => [named(field), field.type]),
    ]),
  )
  t.strictSame(documented, real)
})

t.test('docs/events.md says something about every event and every field', async t => {
  const page = read('docs/events.md')
  for (const [type, rows] of sections(page)) {
    t.match(page, new RegExp(`^## ${type.replace('.', '\\.')}\n\n\\S`, 'm'), type)
    for (const [name, , meaning] of rows) t.not(meaning, '', `${type} ${name}`)
  }
})

t.test('docs/results.md lists every field of results.json, and no other', async t => {
  const page = sections(read('docs/results.md'))
  const types = [
    ['Fields', 'Results', 'results'],
    ['StageRow', 'StageRow', 'results'],
    ['TestRow', 'TestRow', 'results'],
    ['CanaryReport', 'CanaryReport', 'results'],
    ['SnapshotReport', 'SnapshotReport', 'results'],
    ['DependencyReport', 'DependencyReport', 'results'],
    ['HeldPart', 'HeldPart', 'results'],
    ['Timing', 'Timing', 'results'],
    ['Wait', 'Wait', 'results'],
    ['Cause', 'Cause', 'cause'],
  ] as const
  for (const [title, type, file] of types) {
    const [fields = []] = fieldsOf(at(`lib/domain/${file}.ts`), type)
    const documented = (page.get(title) ?? []).map(([name]) => name)
    t.strictSame([...documented].sort(), fields.map(named).sort(), type)
  }
})
