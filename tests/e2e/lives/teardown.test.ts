import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import type { HappeningBody } from '../../../lib/domain/events.js'
import { stackOf, type AppDomain } from '../../../lib/domain/names.js'
import { census } from '../../../lib/swarm/census.js'
import { connectEngine } from '../../../lib/swarm/engine.js'
import { inventory } from '../../../lib/swarm/suspects.js'
import { takeDown, type TakeDownOptions } from '../../../lib/swarm/take-down.js'
import { startEngineProxy } from '../../support/engine-proxy.js'
import {
  addContainer,
  addData,
  addVolume,
  deployTiny,
  edgeNetwork,
  newDomain,
  sendTiny,
} from '../../support/tiny-stack.js'

const CUT_CALLS = 40
const engine = await connectEngine(process.env)
const edge = await edgeNetwork(engine)
const used: AppDomain[] = []

t.teardown(async () => {
  for (const domain of used) await down(domain, { budgetMs: 30_000 })
  await engine.remove(`/networks/${edge}`)
  engine.close()
})

t.test('an app of every kind is gone, its neighbours are not', async t => {
  const abraDir = t.testdir({ servers: { 'a server': {}, default: {} } })
  const domain = fresh()
  const stack = stackOf(domain)
  const neighbours = [`x${stack}_data`, `${stack}2_data`, `${stack}-data`, stack]
  await deployTiny({ engine, domain }, edge)
  await addData(engine, 'config', { name: `${stack}_conf_v1`, stack })
  await addData(engine, 'secret', { name: `${stack}_of_abra_v1` })
  await addVolume(engine, `named-otherwise-${stack}`, stack)
  await addContainer(engine, `${stack}_by_hand`)
  for (const name of neighbours) await addVolume(engine, name)
  await writeFile(join(abraDir, 'servers/a server', `${domain}.env`), 'TYPE=tiny')
  await writeFile(join(abraDir, 'servers/default', `x${domain}.env`), 'TYPE=tiny')

  const before = await census({ engine, abraDir, domain })
  t.strictSame(countKinds(before.map(({ kind }) => kind)), {
    service: 1,
    task: 1,
    container: 2,
    network: 1,
    volume: 2,
    secret: 1,
    config: 1,
    env: 1,
  })

  const { result, said } = await down(domain, { abraDir })
  t.match(result, { clean: true, left: [], error: null })
  t.match(said.at(-1), { type: 'teardown.done', clean: true })
  t.strictSame(await everythingNamed(stack), neighbours.map(name => `volume ${name}`).sort())
  t.strictSame(await readdir(join(abraDir, 'servers/default')), [`x${domain}.env`])
  t.strictSame(await readdir(join(abraDir, 'servers/a server')), [])
  for (const name of neighbours) await engine.remove(`/volumes/${name}`)

  t.match((await down(domain, { abraDir })).result, { clean: true }, 'and it is safe to repeat')
})

t.test('no env file, no recipe and no abra folder are needed', async t => {
  const domain = fresh()
  await deployTiny({ engine, domain }, edge)
  const asked: string[] = []
  const call = async () => Promise.resolve(String(asked.push('abra')))
  const abra = [{ name: 'app volume remove', call }]
  const { result, said } = await down(domain, { abraDir: '/nonexistent', abra })
  t.match(result, { clean: true })
  t.strictSame(asked, [], 'abra knows no app without an env file: it is not asked')
  const steps = said.filter(({ type }) => type === 'teardown.step')
  t.match(steps, [
    { step: 'services, containers' },
    { step: 'networks' },
    { step: 'abra', detail: /^skipped/ },
    { step: 'volumes, secrets, configs' },
  ])
  t.equal(steps.length, 4)
})

for (const kind of ['secret', 'config', 'volume'] as const) {
  t.test(`a lone ${kind} with or without a label is found and removed`, async t => {
    const domain = fresh()
    const stack = stackOf(domain)
    const add = async (name: string, label?: string) => {
      if (kind === 'volume') await addVolume(engine, name, label)
      else await addData(engine, kind, label === undefined ? { name } : { name, stack: label })
    }
    await add(`${stack}_left_v1`)
    await add(`left-${stack}`, stack)
    t.equal((await census({ engine, abraDir: '/nonexistent', domain })).length, 2)
    t.match((await down(domain)).result, { clean: true })
    t.strictSame(await everythingNamed(stack), [])
  })
}

t.test('a container outside swarm goes too, with its anonymous volume', async t => {
  const domain = fresh()
  const id = await addContainer(engine, `${stackOf(domain)}_by_hand`)
  const { Mounts } = await engine.get<{ Mounts: { Name: string }[] }>(`/containers/${id}/json`)
  t.match((await down(domain)).result, { clean: true })
  const volumes = (await inventory(engine)).filter(({ kind }) => kind === 'volume')
  t.notOk(volumes.some(({ name }) => name === Mounts[0]?.Name))
})

t.test('what another one uses is left, said, and never taken from it', async t => {
  const domain = fresh()
  const stack = stackOf(domain)
  const name = `foreign-${stack}`
  await addVolume(engine, `${stack}_data`)
  await addData(engine, 'secret', { name: `${stack}_goes_v1` })
  const id = await addContainer(engine, name, { Binds: [`${stack}_data:/data`] })
  const { result, said } = await down(domain, { budgetMs: 3_000 })
  t.match(result, {
    clean: false,
    left: [{ kind: 'volume', name: `${stack}_data`, why: /in use/ }],
  })
  t.equal(result.left.length, 1, 'the steps after it were done all the same')
  t.match(said.at(-2), { type: 'teardown.leftover', name: `${stack}_data` })
  t.match(await engine.get(`/containers/${id}/json`), { State: { Running: true } })
  await engine.remove(`/containers/${id}?force=1&v=1`)
  t.match((await down(domain)).result, { clean: true })
})

t.test('an Engine that is away for a while is waited for, and the app goes', async t => {
  const domain = fresh()
  await deployTiny({ engine, domain }, edge)
  await using proxy = await startEngineProxy()
  const through = await connectEngine(proxy.env)
  // Long enough that no step of the first round, and no census after it, is answered.
  const away = proxy.calls.length + CUT_CALLS
  proxy.setFate(() => (proxy.calls.length < away ? 'cut' : 'pass'))
  const { result } = await down(domain, { engine: through })
  through.close()
  t.match(result, { clean: true, left: [], error: null })
  t.strictSame(await everythingNamed(stackOf(domain)), [])
})

t.test('a service that a dead client still makes is taken down as well', async t => {
  const domain = fresh()
  await deployTiny({ engine, domain }, edge)
  let late: Promise<string> | undefined
  const { result } = await down(domain, {
    emit: said => {
      if (said.type === 'teardown.step' && said.step === 'networks') {
        late ??= sendTiny({ engine, domain }, edge)
      }
    },
  })
  t.ok(late, 'it was made after its step')
  await late
  t.match(result, { clean: true })
  t.strictSame(await census({ engine, abraDir: '/nonexistent', domain }), [])
})

t.test('calls to abra that fail change nothing', async t => {
  const abraDir = t.testdir({ servers: { default: {} } })
  const domain = fresh()
  await addVolume(engine, `${stackOf(domain)}_data`)
  await mkdir(join(abraDir, 'servers/other'))
  await writeFile(join(abraDir, 'servers/other', `${domain}.env`), '')
  const call = async () => Promise.reject(new Error('FATA not deployed'))
  const { result, said } = await down(domain, {
    abraDir,
    abra: [{ name: 'app remove', call }],
  })
  t.match(result, { clean: true })
  const detail = 'app remove: FATA not deployed'
  t.ok(said.some(happening => happening.type === 'teardown.step' && happening.detail === detail))
})

function fresh(): AppDomain {
  const domain = newDomain()
  used.push(domain)
  return domain
}

async function down(domain: AppDomain, options: Partial<TakeDownOptions> = {}) {
  const said: HappeningBody[] = []
  const result = await takeDown({
    engine,
    abraDir: '/nonexistent',
    domain,
    why: 'the test is over',
    budgetMs: 60_000,
    ...options,
    emit: happening => {
      said.push(happening)
      options.emit?.(happening)
    },
  })
  return { result, said }
}

/** Read from the Engine itself: whatever has the stack's name in its own, or its label. */
async function everythingNamed(stack: string): Promise<string[]> {
  const all = await inventory(engine)
  const found = all.filter(({ name, stack: label }) => name.includes(stack) || label === stack)
  return found.map(({ kind, name }) => `${kind} ${name}`).sort()
}

function countKinds(kinds: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const kind of kinds) counts[kind] = (counts[kind] ?? 0) + 1
  return counts
}
