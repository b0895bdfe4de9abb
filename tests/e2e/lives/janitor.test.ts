import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { janitor } from '../../../lib/commands/janitor.js'
import { stackOf, type AppDomain } from '../../../lib/domain/names.js'
import type { JanitorRequest } from '../../../lib/domain/request.js'
import { engineWorld } from '../../../lib/janitor/engine-world.js'
import { tidyRuns } from '../../../lib/janitor/runs.js'
import { sweep, type SweepRow } from '../../../lib/janitor/sweep.js'
import { appLockName } from '../../../lib/lock/app-lock.js'
import { census } from '../../../lib/swarm/census.js'
import { connectEngine } from '../../../lib/swarm/engine.js'
import { inventory } from '../../../lib/swarm/suspects.js'
import { startActor } from '../../support/actors.js'
import {
  addContainer,
  addData,
  addVolume,
  deployTiny,
  edgeNetwork,
  newDomain,
  SUFFIX,
} from '../../support/tiny-stack.js'

const STACK_SUFFIX = SUFFIX.replaceAll('.', '_')
const engine = await connectEngine(process.env)
const edge = await edgeNetwork(engine)

t.teardown(async () => {
  await engine.remove(`/networks/${edge}`)
  engine.close()
})

t.test('one sweep removes the orphans of every kind, and nothing else on the host', async t => {
  const host = stage(t)
  const [app, secret, volume, container] = [newDomain(), newDomain(), newDomain(), newDomain()]
  const [envFile, live, stale] = [newDomain(), newDomain(), newDomain()]
  await deployTiny({ engine, domain: app }, edge)
  await addData(engine, 'secret', { name: `${stackOf(secret)}_password_v1` })
  await addVolume(engine, `${stackOf(volume)}_data`)
  await addContainer(engine, `${stackOf(container)}_by_hand`)
  writeFileSync(join(host.abraDir, 'servers/default', `${envFile}.env`), '')
  const run = startActor(t, 'lock-actor.ts', ['hold', host.lockDir, live])
  await run.said('lock.acquired')
  await addVolume(engine, `${stackOf(live)}_data`)
  writeFileSync(join(host.lockDir, appLockName(stale)), '')
  const witnesses = {
    warm: `warm-site_${STACK_SUFFIX}_data`,
    labelled: `of-the-proxy-${SUFFIX}`,
    elsewhere: `tiny-0a1b2c_x${STACK_SUFFIX}_data`,
  }
  await addVolume(engine, witnesses.warm)
  await addVolume(engine, witnesses.labelled, `proxy_${STACK_SUFFIX}`)
  await addVolume(engine, witnesses.elsewhere)

  const dry = await sweepOnce(t, host, { dryRun: true })
  const { exit, rows } = await sweepOnce(t, host)
  t.equal(exit, 0)
  const seen = (list: readonly SweepRow[]) =>
    Object.fromEntries(list.map(({ domain, row, action }) => [domain, `${row}: ${action}`]))
  t.strictSame(seen(rows), {
    ...Object.fromEntries(
      [app, secret, volume, container, envFile].map(name => [name, 'reboot: reap']),
    ),
    [live]: 'live: leave',
    [stale]: 'stale: tidy',
    [`warm-site.${SUFFIX}`]: 'protected: leave',
    [`proxy.${SUFFIX}`]: 'protected: leave',
  })
  t.strictSame(seen(dry.rows), seen(rows), 'as the dry run had said')
  for (const domain of [app, secret, volume, container, envFile, stale]) {
    t.strictSame(await census({ engine, abraDir: host.abraDir, domain }), [], domain)
  }
  t.strictSame(readdirSync(host.lockDir), [appLockName(live)])

  await run.kill()
  const after = await sweepOnce(t, host)
  t.match(
    after.rows.find(({ domain }) => domain === live),
    { row: 'orphan', done: true },
  )
  // Each of these fails if a sweep took it.
  for (const name of Object.values(witnesses)) await engine.remove(`/volumes/${name}`)
  t.strictSame(await everythingBelow(STACK_SUFFIX), [])
})

t.test(
  'an orphan that does not go makes the sweep red, names what is left, and the rest still goes',
  async t => {
    const host = stage(t)
    const [stuck, other] = [newDomain(), newDomain()].sort() as [AppDomain, AppDomain]
    const name = `${stackOf(stuck)}_data`
    await addVolume(engine, name)
    await addVolume(engine, `${stackOf(other)}_data`)
    const foreign = await addContainer(engine, `foreign-${stackOf(stuck)}`, {
      Binds: [`${name}:/data`],
    })
    const { exit, rows } = await sweepOnce(t, host, { limitMs: 3_000 })
    t.equal(exit, 7)
    t.match(rows, [
      { domain: stuck, done: false, error: new RegExp(`volume ${name} .*in use`) },
      { domain: other, done: true },
    ])
    t.strictSame(readdirSync(host.lockDir), [appLockName(stuck)])
    await engine.remove(`/containers/${foreign}?force=1&v=1`)
    t.match(await sweepOnce(t, host), { exit: 0, rows: [{ domain: stuck, row: 'orphan' }] })
  },
)

type Host = { readonly lockDir: string; readonly abraDir: string; readonly dir: string }

function stage(t: Test): Host {
  const dir = t.testdir({ locks: {}, state: {}, runs: {}, abra: { servers: { default: {} } } })
  return { dir, lockDir: join(dir, 'locks'), abraDir: join(dir, 'abra') }
}

/** The whole command, on the real Engine. */
async function sweepOnce(
  t: Test,
  { dir, lockDir, abraDir }: Host,
  { dryRun = false, limitMs = 30_000 } = {},
) {
  const config = {
    ...{ domain: SUFFIX, lockDir, abraDir, runsDir: join(dir, 'runs'), keepRuns: 200 },
    ...{ stateDir: join(dir, 'state'), deadlineMs: 3_600_000 },
  } as unknown as JanitorRequest['config']
  let out = ''
  const emit = () => undefined
  const world = engineWorld({ engine, abraDir, suffix: SUFFIX, limitMs, emit })
  const exit = await janitor(
    { dryRun, json: true, warnings: [], config },
    {
      sweep: options => sweep({ ...options, world }),
      tidyRuns,
      stdout: text => (out += text),
      emit,
      now: () => new Date(),
      signal: new AbortController().signal,
      pid: process.pid,
    },
  )
  const said = JSON.parse(out) as { exit: number; suspects: SweepRow[] }
  t.equal(said.exit, exit)
  return { exit, rows: said.suspects }
}

async function everythingBelow(suffix: string): Promise<string[]> {
  const all = (await inventory(engine)).map(
    ({ kind, name, stack = '' }) => `${kind} ${name} ${stack}`,
  )
  return all.filter(text => text.includes(suffix))
}
