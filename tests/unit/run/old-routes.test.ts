import t from 'tap'
import { freshProgress, type Bench } from '../../../lib/run/bench.js'
import { isRerouted, outlastOldRoutes } from '../../../lib/run/old-routes.js'
import { service } from '../../support/stack-facts.js'

const PORT = 'traefik.http.services.app.loadbalancer.server.port'
const app = (labels: Record<string, string>) => [service('app', { labels })]

t.test('another way to the app is told by the labels for the proxy alone', async t => {
  const base = app({ [PORT]: '80', 'coop-cloud.app.version': '1' })
  t.equal(isRerouted(base, app({ [PORT]: '80', 'coop-cloud.app.version': '2' })), false)
  t.equal(isRerouted(base, app({ [PORT]: '81', 'coop-cloud.app.version': '1' })), true)
  t.equal(isRerouted(base, app({})), true, 'no way at all')
  t.equal(isRerouted(base, [service('web', { labels: { [PORT]: '80' } })]), true, 'another service')
  const worn = [service('app', { containerLabels: { [PORT]: '80' } })]
  t.equal(isRerouted(base, worn), false, 'whoever wears them')
})

t.test('only changed labels are waited for, and only as long as the proxy may take', async t => {
  const told: string[] = []
  const waited = async (port: string, agoMs: number) => {
    told.length = 0
    const ports = {
      emit: ({ type }: { type: string }) => told.push(type),
      phases: { in: (_: string, act: (floor: object) => unknown) => act({ add: () => undefined }) },
      signal: new AbortController().signal,
    }
    const convergedAtMs = performance.now() - agoMs
    const progress = { ...freshProgress(), convergedAtMs, services: app({ [PORT]: port }) }
    await outlastOldRoutes({ ports, progress } as unknown as Bench, app({ [PORT]: '80' }))
    return [...told]
  }
  t.strictSame(await waited('81', 16_900), ['wait.started', 'wait.finished'])
  t.strictSame(await waited('81', 17_000), [])
  t.strictSame(await waited('80', 0), [])
})
