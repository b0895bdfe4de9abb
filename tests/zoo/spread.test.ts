import t from 'tap'
import { testLab } from '../support/test-lab.js'
import { ANIMALS } from './animals/all.js'
import { crowd } from './crowd.js'
import { openPlace } from './place.js'
import { house, runAnimal, type Ran } from './run-animal.js'
import { lineOf } from './table.js'

const JOBS = 3

// The whole zoo is "npm run zoo"; these few show each tier, and good ones that look suspicious.
t.test('a spread of the zoo: each animal gets the verdict it deserves', async t => {
  const lab = await testLab()
  const animals = ANIMALS.filter(({ spread }) => spread === true)
  await using place = await openPlace(lab, animals)
  for (const animal of animals) await house(place, animal)
  const ran: Ran[] = []
  await crowd(animals, JOBS, async animal => {
    const done = await runAnimal(place, animal, { id: `zoo-${animal.name}` })
    ran.push(done)
    t.comment(lineOf(done))
  })
  for (const { animal, wrongs } of ran) t.strictSame(wrongs, [], `${animal.name}: ${animal.about}`)
  t.equal(ran.length, animals.length)
})
