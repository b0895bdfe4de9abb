import t, { type Test } from 'tap'
import { connectEngine, type Engine } from '../../lib/swarm/engine.js'
import { watchStack } from '../../lib/swarm/watch.js'
import { startEngineProxy, type EngineProxy } from '../support/engine-proxy.js'
import { scratchStack, type Sketch } from '../support/scratch-stack.js'

const options = { signal: new AbortController().signal, emit: () => undefined }
const EVENTS = '/events?'
const CRASH: Sketch = { name: 'web', run: 'echo "boom: no such table"; exit 4' }
/** Takes its time, so that a deploy is under way when the events go. */
const SLOW: Sketch = {
  name: 'web',
  run: 'sleep 2; touch /tmp/up; trap "exit 0" TERM; sleep 1000 & wait',
  health: 'test -e /tmp/up',
  healthRetries: 20,
}

async function engineOf(
  t: Test,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Engine> {
  const engine = await connectEngine(env)
  t.teardown(() => {
    engine.close()
  })
  return engine
}

const always = (fate: 'cut' | 'mute') => (path: string) =>
  path.includes(EVENTS) ? fate : ('pass' as const)

// prettier-ignore
const LOSSES: readonly { readonly law: string; readonly lose: (proxy: EngineProxy) => void }[] = [
  { law: 'the event stream is cut in the middle of a deploy and refused from then on', lose: proxy => { proxy.setFate(always('cut')); proxy.cut(EVENTS) } },
  { law: 'it is cut, and what is opened in its place never says a word', lose: proxy => { proxy.setFate(always('mute')); proxy.cut(EVENTS) } },
]
for (const { law, lose } of LOSSES) {
  t.test(`${law}: the poll finishes the deploy`, async t => {
    await using proxy = await startEngineProxy()
    const engine = await engineOf(t, proxy.env)
    await using stack = scratchStack(engine)
    let looks = 0
    const trace = () => (looks += 1)
    await using watch = await watchStack(engine, stack.name, { ...options, trace })
    await stack.deploy([SLOW])
    const settled = watch.settled({ deadlineMs: 100_000, op: 'install' })
    lose(proxy)
    t.equal((await settled).state, 'converged')
    t.ok(looks > 5, `it looked ${looks} times, where waiting for events would look twice`)
    const subscriptions = proxy.calls.filter(path => path.includes(EVENTS))
    t.ok(subscriptions.length > 1, 'and asked for events again')
  })
}

const STUCK = /\/containers\/[0-9a-f]+\/(logs|json)/

t.test('no event at all, and collectors that block for ever: cut, the verdict stands', async t => {
  await using proxy = await startEngineProxy()
  proxy.setFate(path => (STUCK.test(path) ? 'silent' : always('mute')(path)))
  const engine = await engineOf(t, proxy.env)
  await using stack = scratchStack(engine)
  const told: string[] = []
  const emit = (seen: { readonly type: string }) => told.push(seen.type)
  await using watch = await watchStack(engine, stack.name, { ...options, emit })
  await stack.deploy([CRASH])
  const settled = await watch.settled({ deadlineMs: 150_000, op: 'install' })
  t.match(settled, { state: 'failed', cause: { class: 'crash_loop', sentence: /"web"/ } })
  if (settled.state !== 'failed') return
  t.match(settled.diagnosis.tasks[0], { service: 'web', exitCode: 4 }, 'the task itself knows')
  t.match(settled.diagnosis.gaps.join(), /log of web: .*no answer within 4 s/)
  t.ok(told.includes('diagnosis.made'), 'it is in the record')
})

t.test('a dead service: every attempt with exit code and last lines, and the events', async t => {
  const engine = await engineOf(t, process.env)
  await using stack = scratchStack(engine)
  await using watch = await watchStack(engine, stack.name, options)
  await stack.deploy([CRASH])
  const settled = await watch.settled({ deadlineMs: 100_000, op: 'install' })
  t.equal(settled.state, 'failed')
  if (settled.state !== 'failed') return
  const { tasks, events, gaps } = settled.diagnosis
  t.ok(tasks.length >= 3, 'three attempts')
  t.match(tasks[0], { slot: 1, exitCode: 4, lastLines: ['boom: no such table'] })
  t.ok(
    events.some(said => said.includes('web container die, exit code 4')),
    events.join('\n'),
  )
  t.strictSame(gaps, [])
})
