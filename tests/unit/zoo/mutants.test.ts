import { readFileSync } from 'node:fs'
import t from 'tap'
import { ANIMALS } from '../../zoo/animals/all.js'
import { mutate } from '../../zoo/mutant.js'
import { MUTANTS } from '../../zoo/mutants.js'

const root = new URL('../../../', import.meta.url)

t.test('each assertion that can be switched off stands where its row says', t => {
  for (const mutant of MUTANTS) {
    const source = readFileSync(new URL(mutant.file, root), 'utf8')
    t.doesNotThrow(() => mutate(source, mutant), mutant.check)
  }
  t.end()
})

t.test('each is noticed by an animal or a test that is there', t => {
  for (const { by, check } of MUTANTS) {
    if ('animal' in by)
      t.ok(
        ANIMALS.some(({ name }) => name === by.animal),
        check,
      )
    else t.doesNotThrow(() => readFileSync(new URL(by.test, root)), check)
  }
  t.end()
})
