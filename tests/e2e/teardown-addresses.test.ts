import { randomInt } from 'node:crypto'
import t from 'tap'
import type { AppDomain } from '../../lib/domain/names.js'
import { connectEngine } from '../../lib/swarm/engine.js'
import { takeDown } from '../../lib/swarm/take-down.js'
import { deployTiny, edgeNetwork, newDomain } from '../support/tiny-stack.js'

// A network of 16 addresses has 13 for tasks: one more cycle than that shows a leak. The soak asks for more.
const CYCLES = Number(process.env['RECIPE_CI_CYCLES'] ?? 14)

t.test('the addresses of a shared network are given back, cycle after cycle', async t => {
  const engine = await connectEngine(process.env)
  const edge = await edgeNetwork(engine, `10.213.${randomInt(256)}.${randomInt(16) * 16}/28`)
  let last: AppDomain | undefined
  const down = async (domain: AppDomain) =>
    await takeDown({
      engine,
      abraDir: '/nonexistent',
      domain,
      why: 'its cycle is over',
      budgetMs: 30_000,
      emit: () => undefined,
    })
  t.teardown(async () => {
    if (last !== undefined) await down(last)
    await engine.remove(`/networks/${edge}`)
    engine.close()
  })

  const times: number[] = []
  for (let cycle = 1; cycle <= CYCLES; cycle += 1) {
    last = newDomain()
    await deployTiny({ engine, domain: last }, edge)
    const { clean, ms } = await down(last)
    if (!clean) t.fail(`cycle ${cycle} left something`)
    times.push(ms)
  }
  times.sort((a, b) => a - b)
  const median = times[Math.floor(times.length / 2)]
  t.equal(times.length, CYCLES, `each taken down, in a median of ${String(median)} ms`)
})
