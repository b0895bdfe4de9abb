import t, { type Test } from 'tap'
import { connectEngine, type Engine } from '../../lib/swarm/engine.js'
import { watchStack, type StackWatch } from '../../lib/swarm/watch.js'
import { scratchStack, type ScratchStack, type Sketch } from '../support/scratch-stack.js'

const app: Sketch = { name: 'app', run: 'trap "exit 0" TERM; sleep 1000 & wait' }
const LATE_MS = 3_000

type Bench = { readonly stack: ScratchStack; readonly watch: () => Promise<StackWatch> }

async function bench(t: Test): Promise<Bench> {
  const engine: Engine = await connectEngine(process.env)
  const stack = scratchStack(engine)
  t.teardown(async () => {
    await stack[Symbol.asyncDispose]()
    engine.close()
  })
  const options = { signal: new AbortController().signal, emit: () => undefined }
  return { stack, watch: () => watchStack(engine, stack.name, options) }
}

/** Deploys once the wait has long begun, as a command does that returned too early. */
async function late(stack: ScratchStack, services: readonly Sketch[]): Promise<void> {
  await new Promise(resolve => setTimeout(resolve, LATE_MS))
  await stack.deploy(services)
}

t.test('a command that returns before all services exist is waited out', async t => {
  const { stack, watch } = await bench(t)
  await using eyes = await watch()
  await stack.deploy([app])
  const expected = ['app', 'db']
  const settling = eyes.settled({ deadlineMs: 60_000, op: 'install', expected })
  await late(stack, [{ ...app, name: 'db' }])
  const { state, services } = await settling
  t.equal(state, 'converged')
  t.strictSame(
    services.map(({ name }) => name),
    expected,
  )
})

t.test('a command that returns before the services are the new ones is waited out', async t => {
  const { stack, watch } = await bench(t)
  await stack.deploy([app])
  await using eyes = await watch()
  const settling = eyes.settled({
    deadlineMs: 60_000,
    op: 'upgrade',
    arrived: services => services.every(({ labels }) => labels['commit'] === 'new'),
  })
  await late(stack, [{ ...app, labels: { commit: 'new' } }])
  const { state, services } = await settling
  t.equal(state, 'converged')
  t.match(services, [{ labels: { commit: 'new' } }])
})

t.test('what never arrives is judged as it stands', async t => {
  const { stack, watch } = await bench(t)
  await stack.deploy([app])
  await using eyes = await watch()
  const { state } = await eyes.settled({
    deadlineMs: 60_000,
    op: 'upgrade',
    arrived: () => false,
  })
  t.equal(state, 'converged')
})
