import { once } from 'node:events'
import { spawn } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { parseRecipeName } from '../../lib/domain/names.js'
import { appDomain } from '../../lib/recipe/app-domain.js'
import { stopwatch } from './measure.js'
import type { Place } from './place.js'
import type { Ratio } from './table.js'

const RECIPE = 'notes'
const LIMIT = 1.3

/** A sweep that reaps one orphaned `notes`, whole, against the bare commands on a stack like it. */
export function reapAgainstFloor(place: Place, rounds: number): Promise<Ratio> {
  return compare(place, { rounds, script: 'take-down.sh', limit: LIMIT })
}

/** The same, and the commands too wait for the tasks and prove that nothing is left, as the contract has it. */
export function reapAgainstProof(place: Place, rounds: number): Promise<Ratio> {
  return compare(place, { rounds, script: 'take-down.sh', proof: '1', limit: LIMIT })
}

/** The same against `docker stack rm`, which takes neither volumes nor secrets: a quarter of its time at most. */
export function reapAgainstStackRm(place: Place, rounds: number): Promise<Ratio> {
  return compare(place, { rounds, script: 'stack-rm.sh', limit: 0.25 })
}

type Against = {
  readonly rounds: number
  readonly script: string
  readonly proof?: string
  readonly limit: number
}

async function compare(
  place: Place,
  { rounds, script, proof = '', limit }: Against,
): Promise<Ratio> {
  const { cli, env, root, lab } = place
  const oursMs: number[] = []
  const floorMs: number[] = []
  for (let round = 0; round < rounds; round++) {
    await orphan(place)
    oursMs.push(await stopwatch({ argv: [cli, 'janitor'], env }))
    const DOMAIN = await orphan(place)
    const argv = ['sh', `${root}/tests/bench/${script}`] as const
    floorMs.push(
      await stopwatch({
        argv: [...argv],
        env: { ...env, DOMAIN, ABRA_DIR: lab.abraDir, PROOF: proof },
      }),
    )
    // What a script leaves (volumes, secrets, the lockfile) is not for the next round.
    await stopwatch({ argv: [cli, 'janitor'], env })
  }
  return {
    what: 'reap of an orphaned notes',
    floor: `tests/bench/${script}${proof === '' ? '' : ', with the proof'}`,
    oursMs,
    floorMs,
    limit,
    more: [],
  }
}

/** A `notes` that runs and that nobody holds: kept by a run, and its lease taken away. */
async function orphan({ cli, env, lab }: Place): Promise<string> {
  const recipe = parseRecipeName(RECIPE)
  if (recipe === undefined) throw new RangeError(`"${RECIPE}" is no recipe's name`)
  const domain = appDomain({ recipe, pr: 0, ref: undefined }, lab.suffix)
  const words = ['run', RECIPE, '--stages', 'install', '--keep', '--run-id', 'bench-orphan']
  const run = spawn(cli, words, { env: { ...env, CI: '', DRONE: '' }, cwd: '/', stdio: 'ignore' })
  const [code] = (await once(run, 'exit')) as [number | null]
  if (code !== 0) throw new Error(`The run that was to leave an orphan ended with ${String(code)}`)
  await rm(join(lab.stateDir, 'leases', `${domain}.json`))
  return domain
}
