import { stopwatch } from './measure.js'
import type { Place } from './place.js'
import type { Ratio } from './table.js'

const ROUNDS = 20

/** `recipe-ci --version` against an empty Node. */
export async function startUp({ cli, env }: Place): Promise<Ratio> {
  const oursMs: number[] = []
  const floorMs: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    oursMs.push(await stopwatch({ argv: [cli, '--version'], env }))
    floorMs.push(await stopwatch({ argv: ['node', '-e', '0'], env }))
  }
  const row = { what: 'recipe-ci --version', floor: 'node -e 0', oursMs, floorMs }
  return { ...row, limit: 1.3, more: [] }
}

/** A janitor with nothing to do against a script that reads the config and asks Docker the same. */
export async function idleJanitor({ cli, env, root }: Place): Promise<Ratio> {
  const oursMs: number[] = []
  const floorMs: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    oursMs.push(await stopwatch({ argv: [cli, 'janitor'], env }))
    floorMs.push(await stopwatch({ argv: ['node', `${root}/tests/bench/janitor-floor.mjs`], env }))
  }
  const floor = 'yaml, the config, the same calls to Docker'
  return { what: 'recipe-ci janitor, idle', floor, oursMs, floorMs, limit: 1.3, more: [] }
}
