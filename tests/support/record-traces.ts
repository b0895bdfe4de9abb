/**
 * Records traces from a real swarm for the unit tests: `node --import tsx tests/support/record-traces.ts [name…]`.
 * Writes tests/unit/swarm/traces/NAME.ndjson. Run it again when a new Engine behaves otherwise.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import type { Observation } from '../../lib/swarm/convergence-history.js'
import { connectEngine, type Engine } from '../../lib/swarm/engine.js'
import { readStackFacts } from '../../lib/swarm/stack.js'
import { watchStack } from '../../lib/swarm/watch.js'
import { SCENARIOS, type Scenario } from './convergence-scenarios.js'
import { scratchStack } from './scratch-stack.js'
import { packTrace } from './trace.js'

const FOLDER = new URL('../unit/swarm/traces/', import.meta.url)
const options = { signal: new AbortController().signal, emit: () => undefined }

async function record(engine: Engine, scenario: Scenario): Promise<string> {
  await using stack = scratchStack(engine)
  if (scenario.before !== undefined) {
    await using watch = await watchStack(engine, stack.name, options)
    await stack.deploy(scenario.before)
    const settled = await watch.settled({ deadlineMs: 60_000, op: 'install' })
    if (settled.state !== 'converged')
      throw new Error(`the base of ${scenario.name} did not come up`)
  }
  const before = await readStackFacts(engine, stack.name)
  const looks: Observation[] = []
  const started = performance.now()
  const trace = (look: Observation) => looks.push(look)
  await using watch = await watchStack(engine, stack.name, { ...options, trace })
  await stack.deploy(scenario.deploy)
  const opEndedMs = Math.round(performance.now() - started)
  const op = scenario.before === undefined ? 'install' : 'upgrade'
  const settled = await watch.settled({ deadlineMs: scenario.deadlineMs, op })
  const { name, expect } = scenario
  await writeFile(
    new URL(`${name}.ndjson`, FOLDER),
    packTrace({ name, expect, opEndedMs, before, looks }),
  )
  return settled.state === 'converged'
    ? 'converged'
    : `${settled.cause.class}: ${settled.cause.sentence}`
}

const names = process.argv.slice(2)
const engine = await connectEngine(process.env)
await mkdir(FOLDER, { recursive: true })
for (const scenario of SCENARIOS.filter(({ name }) => names.length === 0 || names.includes(name))) {
  console.log(`${scenario.name}: ${await record(engine, scenario)} (expected ${scenario.expect})`)
}
engine.close()
