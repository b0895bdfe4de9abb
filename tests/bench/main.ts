import { parseArgs } from 'node:util'
import { closeLab, openLab } from '../lab/lab.js'
import { fullRun, SUBJECTS } from './full-run.js'
import { liveSuspects, staleLockfiles } from './janitor-scale.js'
import { handOff, probing } from './locks.js'
import { placeIn, type Place } from './place.js'
import { reapAgainstFloor, reapAgainstProof, reapAgainstStackRm } from './reap.js'
import { idleJanitor, startUp } from './start-up.js'
import { stepKill } from './step-kill.js'
import { isKept, tableOf, type Row } from './table.js'

type Measurement = (place: Place, rounds: number) => Promise<Row>

const MEASUREMENTS: Readonly<Record<string, Measurement>> = {
  'start-up': startUp,
  janitor: idleJanitor,
  'hand-off': handOff,
  probe: probing,
  live: liveSuspects,
  stale: staleLockfiles,
  step: stepKill,
  reap: reapAgainstFloor,
  proof: reapAgainstProof,
  'stack-rm': reapAgainstStackRm,
  ...Object.fromEntries(
    SUBJECTS.map(subject => [
      subject.recipe,
      (place: Place, rounds: number) => fullRun(place, subject, rounds),
    ]),
  ),
}

async function measureAll(names: readonly string[], rounds: number): Promise<readonly Row[]> {
  const name = `bench-${process.pid}`
  const log = (line: string): void => {
    console.error(line)
  }
  const rows: Row[] = []
  try {
    const place = placeIn(await openLab(name, log))
    for (const wanted of names) {
      log(`measuring ${wanted}`)
      const measurement = MEASUREMENTS[wanted]
      if (measurement !== undefined) rows.push(await measurement(place, rounds))
    }
  } finally {
    await closeLab(name, log)
  }
  return rows
}

const { values, positionals } = parseArgs({
  options: { rounds: { type: 'string', default: '3' } },
  allowPositionals: true,
})
const unknown = positionals.find(name => !Object.hasOwn(MEASUREMENTS, name))
if (unknown !== undefined) {
  console.error(`"${unknown}" is not measured; known: ${Object.keys(MEASUREMENTS).join(', ')}`)
  process.exitCode = 2
} else {
  const names = positionals.length === 0 ? Object.keys(MEASUREMENTS) : positionals
  const rows = await measureAll(names, Number(values.rounds))
  console.log(tableOf(rows))
  process.exitCode = rows.every(isKept) ? 0 : 1
}
