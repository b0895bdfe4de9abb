import t from 'tap'
import { stackOf } from '../../lib/domain/names.js'
import { provenLeft } from '../../lib/swarm/census.js'
import { connectEngine } from '../../lib/swarm/engine.js'
import { startEngineProxy, type Fate } from '../support/engine-proxy.js'
import { addVolume, newDomain } from '../support/tiny-stack.js'

t.test('what the engine finishes between two counts is still found', async t => {
  const engine = await connectEngine(process.env)
  await using proxy = await startEngineProxy()
  const counted = await connectEngine(proxy.env)
  const domain = newDomain()
  const name = `${stackOf(domain)}_late`
  t.teardown(async () => {
    await engine.remove(`/volumes/${name}`).catch(() => undefined)
    engine.close()
    counted.close()
  })
  let listings = 0
  proxy.setFate(async (path): Promise<Fate> => {
    if (path.includes('/volumes') && (listings += 1) === 2) await addVolume(engine, name)
    return 'pass'
  })
  const left = await provenLeft({ engine: counted, abraDir: '/nonexistent', domain })
  t.match(left, [{ kind: 'volume', name }])
})
