/**
 * npm run zoo [-- NAME…] [--rounds N] [--jobs N] [--load] [--cli PROGRAM]: runs the animals in a lab of their own and prints one
 * line each: what was expected, what was said, seconds from the first and from the last sign of doom to the verdict, seconds in
 * all. `--load` keeps every core busy meanwhile. Ends red on any wrong verdict.
 */
import { parseArgs } from 'node:util'
import { closeLab, openLab } from '../lab/lab.js'
import { loadCores } from '../support/load.js'
import { animalsNamed } from './animals/all.js'
import { crowd } from './crowd.js'
import { openPlace } from './place.js'
import { house, runAnimal, type Ran } from './run-animal.js'
import { heading, lineOf } from './table.js'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '1' },
    jobs: { type: 'string', default: '2' },
    load: { type: 'boolean', default: false },
    cli: { type: 'string' },
  },
})
const rounds = Number(values.rounds)
const jobs = Number(values.jobs)
const animals = animalsNamed(positionals)
const name = `zoo-${process.pid}`
const stop = new AbortController()
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  process.on(signal, () => {
    stop.abort()
  })
}

async function round(number: number, place: Parameters<typeof runAnimal>[0]): Promise<Ran[]> {
  const ran: Ran[] = []
  console.log(`\n== round ${number} of ${rounds}: ${animals.length} animals, ${jobs} at a time`)
  console.log(heading())
  await crowd(animals, jobs, async animal => {
    if (stop.signal.aborted) return
    const id = `${animal.name}-${number}`
    const done = await runAnimal(place, animal, { id, ...(values.cli ? { cli: values.cli } : {}) })
    ran.push(done)
    console.log(lineOf(done))
  })
  return ran
}

const log = (line: string) => {
  console.log(line)
}
const lab = await openLab(name, log)
const all: Ran[] = []
try {
  await using place = await openPlace(lab, animals)
  for (const animal of animals) await house(place, animal)
  using load = values.load ? loadCores() : undefined
  if (load !== undefined) log(`${load.cores} cores loaded`)
  for (let number = 1; number <= rounds && !stop.signal.aborted; number += 1)
    all.push(...(await round(number, place)))
} finally {
  await closeLab(name, log)
}
const wrong = all.filter(({ wrongs }) => wrongs.length > 0)
console.log(`\n${all.length - wrong.length} right, ${wrong.length} wrong`)
for (const { animal } of wrong) console.log(`wrong: ${animal.name}`)
process.exitCode = wrong.length > 0 || all.length === 0 || stop.signal.aborted ? 1 : 0
