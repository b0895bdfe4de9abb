import { execFile } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { stackOf, type AppDomain } from '../../../lib/domain/names.js'
import { census } from '../../../lib/swarm/census.js'
import { connectEngine } from '../../../lib/swarm/engine.js'
import { takeDown } from '../../../lib/swarm/take-down.js'
import { SOAK } from '../../support/lives/processes.js'
import { deployTiny, edgeNetwork, newDomain } from '../../support/tiny-stack.js'

// A network of 16 addresses has 13 for tasks: one more cycle than that shows a leak.
const CYCLES = SOAK ? 20 : 14
const engine = await connectEngine(process.env)
const abraDir = '/nonexistent'
const docker = (...words: readonly string[]) => promisify(execFile)('docker', words)

t.teardown(() => {
  engine.close()
})

t.test('the addresses of a shared network are given back, cycle after cycle', async t => {
  const { edge, fresh, down } = await smallNetwork(t, '10.213')
  const times: number[] = []
  for (let cycle = 1; cycle <= CYCLES; cycle += 1) {
    const domain = fresh()
    const startedAt = performance.now()
    await deployTiny({ engine, domain }, edge)
    const deployMs = performance.now() - startedAt
    const { clean, ms } = await down(domain)
    if (!clean) t.fail(`cycle ${cycle} left something`)
    t.comment(`cycle ${cycle}: deployed in ${deployMs.toFixed(0)} ms, taken down in ${ms} ms`)
    times.push(ms)
  }
  t.equal(times.length, CYCLES, `each taken down, in a median of ${median(times)} ms`)
})

t.test('what "docker stack rm" does instead: measured, never asserted', async t => {
  if (!SOAK) return void t.pass('in the long form only')
  const { edge, fresh, down } = await smallNetwork(t, '10.215')
  const times: number[] = []
  for (let cycle = 1; cycle <= CYCLES; cycle += 1) {
    const domain = fresh()
    try {
      await deployTiny({ engine, domain }, edge)
    } catch (error) {
      t.comment(`cycle ${cycle} got no address: ${String(error).slice(0, 200)}`)
      await down(domain)
      break
    }
    const startedAt = performance.now()
    await docker('stack', 'rm', stackOf(domain))
    while (!(await onlyVolumes(domain))) await sleep(20)
    times.push(Math.round(performance.now() - startedAt))
    await down(domain)
  }
  t.pass(`${times.length} cycles of ${CYCLES} by "docker stack rm", median ${median(times)} ms`)
})

/** "docker stack rm" removes no volumes: without them it is done. */
async function onlyVolumes(domain: AppDomain): Promise<boolean> {
  const left = await census({ engine, abraDir, domain })
  return left.every(({ kind }) => kind === 'volume')
}

/** A /28 as the edge network, and a teardown; both go when the test ends. */
async function smallNetwork(t: Test, prefix: string) {
  const edge = await edgeNetwork(engine, `${prefix}.${randomInt(256)}.${randomInt(16) * 16}/28`)
  let last = newDomain()
  const fresh = () => (last = newDomain())
  const down = async (domain: AppDomain) => {
    const emit = () => undefined
    const why = 'its cycle is over'
    return await takeDown({ engine, abraDir, domain, why, budgetMs: 30_000, emit })
  }
  t.teardown(async () => {
    await down(last)
    await engine.remove(`/networks/${edge}`)
  })
  return { edge, fresh, down }
}

function median(times: readonly number[]): string {
  const sorted = [...times].sort((a, b) => a - b)
  return String(sorted[Math.floor(sorted.length / 2)])
}
