import { randomInt } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { engineWorld } from '../../../lib/janitor/engine-world.js'
import { sweep } from '../../../lib/janitor/sweep.js'
import { connectEngine } from '../../../lib/swarm/engine.js'
import { startActor } from '../../support/actors.js'
import { SOAK } from '../../support/lives/processes.js'
import { edgeNetwork, newDomain, SUFFIX, tinyImage } from '../../support/tiny-stack.js'

// The long form takes more than the 13 that the network has addresses for.
const CYCLES = SOAK ? 20 : 4
/** From the lock on, a deploy is under way for about as long. */
const DEPLOY_MS = 1_500

t.test('killed at any moment of its deploy, a run leaves nothing after one sweep', async t => {
  const engine = await connectEngine(process.env)
  await tinyImage(engine)
  const edge = await edgeNetwork(engine, `10.214.${randomInt(256)}.${randomInt(16) * 16}/28`)
  const dir = t.testdir({ locks: {}, state: {}, abra: { servers: {} } })
  const lockDir = join(dir, 'locks')
  const options = { engine, abraDir: join(dir, 'abra'), suffix: SUFFIX, limitMs: 30_000 }
  const emit = () => undefined
  const world = engineWorld({ ...options, emit })
  const sweepOnce = async () =>
    await sweep({
      ...{ suffix: SUFFIX, lockDir, stateDir: join(dir, 'state'), deadlineMs: 3_600_000 },
      ...{ world, dryRun: false, runId: 'janitor', pid: process.pid, emit },
      ...{ now: () => new Date(), signal: new AbortController().signal },
    })
  t.teardown(async () => {
    await sweepOnce()
    await engine.remove(`/networks/${edge}`)
    engine.close()
  })

  for (let cycle = 1; cycle <= CYCLES; cycle += 1) {
    const domain = newDomain()
    const run = startActor(t, 'deploy-actor.ts', [lockDir, domain, edge])
    await run.said('lock.acquired')
    const ms = Math.round((DEPLOY_MS * (cycle - 1)) / CYCLES)
    await sleep(ms)
    await run.kill()
    const rows = await sweepOnce()
    t.match(rows, [{ domain, done: true, error: null }], `killed after ${ms} ms`)
    t.equal(await world.count(domain), 0, 'and nothing came after')
    t.strictSame(readdirSync(lockDir), [])
  }
})
