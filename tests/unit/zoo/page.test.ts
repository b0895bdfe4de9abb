import { readFileSync } from 'node:fs'
import t from 'tap'
import { ANIMALS } from '../../zoo/animals/all.js'
import { withTable } from '../../zoo/page.js'

t.test('docs/zoo.md shows the animals that are there', t => {
  const page = readFileSync(new URL('../../../docs/zoo.md', import.meta.url), 'utf8')
  const due = withTable(page, ANIMALS)
  t.equal(page, due, 'to write it anew: node --import tsx tests/zoo/write-page.ts')
  t.not(withTable(page, ANIMALS.slice(1)), due, 'an animal more or less is seen')
  t.end()
})

t.test('each animal has a name of its own', t => {
  const names = ANIMALS.map(({ name }) => name)
  t.strictSame([...new Set(names)], names)
  t.end()
})
