import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { RULES } from '../../../lib/janitor/decide.js'

const ROOT = join(import.meta.dirname, '../../..')
const page = readFileSync(join(ROOT, 'docs/concurrency.md'), 'utf8')

t.test('docs/concurrency.md holds the decision table as the code does, row for row', async t => {
  const table = page.split('| row | when | action | what it says |\n|---|---|---|---|\n')[1] ?? ''
  const expected = RULES.map(({ row, when, action, why }) => {
    const facts = Object.entries(when).map(([fact, value]) => `${fact} \`${value}\``)
    return `| \`${row}\` | ${facts.join(', ')} | ${action} | ${why} |`
  })
  t.strictSame(table.split('\n').slice(0, RULES.length + 1), [...expected, ''])
})

t.test('every test that docs/concurrency.md names is there', async t => {
  const named = [...page.matchAll(/`(tests\/[\w/-]+\.test\.ts)`/g)].map(([, path = '']) => path)
  t.ok(named.length > 10)
  for (const path of named) t.ok(existsSync(join(ROOT, path)), path)
})

t.test('a dry run as docs/concurrency.md shows it has every row it can have', async t => {
  const shown = page.split('```\n').find(part => part.includes('(dry run)')) ?? ''
  const rows = RULES.map(({ row }) => row).filter(
    row => !/^(?:lock-dir-missing|not-probed)$/.test(row),
  )
  for (const row of rows) t.match(shown, ` ${row} `)
})
