import { mkdirSync, readdirSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { stackOf, type AppDomain } from '../../lib/domain/names.js'
import { engineDomains } from '../../lib/janitor/engine-domains.js'
import { glance } from '../../lib/janitor/glance.js'
import { connectEngine, type Engine } from '../../lib/swarm/engine.js'
import type { Item } from '../../lib/swarm/census.js'
import { takeDown } from '../../lib/swarm/take-down.js'
import {
  addContainer,
  addData,
  addVolume,
  newDomain,
  SUFFIX,
  tinyImage,
} from '../support/tiny-stack.js'

type Kind = Exclude<Item['kind'], 'task'>
type Place = { readonly engine: Engine; readonly stack: string; readonly envFile: string }

/** One thing of a kind, and nothing else of its domain. A task is never alone: its container or its service is there. */
const ALONE: Readonly<Record<Kind, (place: Place) => Promise<unknown>>> = {
  service: async ({ engine, stack }) =>
    engine.post('/services/create', {
      Name: `${stack}_app`,
      TaskTemplate: { ContainerSpec: { Image: await tinyImage(engine) } },
      Mode: { Replicated: { Replicas: 0 } },
    }),
  container: ({ engine, stack }) => addContainer(engine, `${stack}_by_hand`),
  network: ({ engine, stack }) =>
    engine.post('/networks/create', { Name: `${stack}_internal`, Driver: 'overlay' }),
  volume: ({ engine, stack }) => addVolume(engine, `${stack}_data`),
  secret: ({ engine, stack }) => addData(engine, 'secret', { name: `${stack}_password_v1` }),
  config: ({ engine, stack }) => addData(engine, 'config', { name: `${stack}_conf_v1` }),
  env: ({ envFile }) => writeFile(envFile, ''),
}

for (const [kind, add] of Object.entries(ALONE)) {
  t.test(`a lone ${kind} is a suspect already at a glance, and no lock is asked for`, async t => {
    const dir = t.testdir({ locks: {}, state: {}, abra: { servers: {} } })
    const [lockDir, stateDir, abraDir] = [join(dir, 'locks'), join(dir, 'state'), join(dir, 'abra')]
    const engine = await connectEngine(process.env)
    const domain: AppDomain = newDomain()
    const envFile = join(abraDir, 'servers/default', `${domain}.env`)
    mkdirSync(join(abraDir, 'servers/default'))
    const emit = () => undefined
    const down = { engine, abraDir, domain, emit, why: 'the test is over', budgetMs: 30_000 }
    t.teardown(async () => {
      await takeDown(down)
      engine.close()
    })
    const domains = () => engineDomains({ engine, abraDir, suffix: SUFFIX })
    const look = () => glance({ suffix: SUFFIX, lockDir, stateDir, domains, emit })
    t.strictSame(await look(), [], 'nothing is there')
    await add({ engine, stack: stackOf(domain), envFile })
    t.equal(await look(), undefined)
    t.strictSame(readdirSync(lockDir), [])
  })
}
