import t from 'tap'
import { stackOf, type AppDomain } from '../../../lib/domain/names.js'
import type { Tier } from '../../../lib/domain/tiers.js'
import { connectEngine } from '../../../lib/swarm/engine.js'
import { closeLab, openLab } from '../../lab/lab.js'
import { domainOf, leftOf, recordOf, startLabRun, type LabRun } from '../../support/lab-run.js'
import { SOAK } from '../../support/lives/processes.js'
import { addContainer, addVolume } from '../../support/tiny-stack.js'

// A lab of its own: the sweeps of other runs must not find these orphans first.
const lab = await openLab(`killed-${String(process.pid)}`, () => undefined)
t.teardown(() => closeLab(lab.name, () => undefined))

const STAGES: Readonly<Partial<Record<Tier, string>>> = {
  install: 'install',
  upgrade: 'install,upgrade',
  backup: 'install,backup',
  restore: 'install,backup,restore',
  custom: 'install,custom',
}
const SHORT: readonly string[] = ['upgrade', 'backup']
const TIERS = Object.entries(STAGES).filter(([tier]) => SOAK || SHORT.includes(tier))

t.test('SIGKILL of the harness in any tier: the next run reaps before its own deploy', async t => {
  const killed = await Promise.all(TIERS.map(([tier, stages], row) => kill(tier, stages, row)))
  for (const { id, tier } of killed) {
    const record = recordOf(lab, id)
    t.match(
      record,
      { status: 'running', reason: null, exit_code: null },
      `${tier}: as far as it came`,
    )
    if (tier !== 'install') t.match(record, { results: { install: 'pass' } })
  }
  const next = startLabRun(lab, 'site', { id: 'next', args: ['--stages', 'install'] })
  const { exitCode, stderr } = await next.ended
  t.equal(exitCode, 0, stderr)
  const place = (type: string, domain?: string) =>
    next.happenings.findIndex(
      happening =>
        happening.type === type &&
        (domain === undefined || ('domain' in happening && happening.domain === domain)),
    )
  for (const { run, tier, id } of killed) {
    const domain = domainOf(run.happenings)
    const reaped = place('janitor.done', domain)
    t.ok(reaped >= 0 && reaped < place('app.created'), `${tier}: reaped first`)
    t.strictSame(await leftOf(lab, domain), [])
    t.match(recordOf(lab, id), { status: 'aborted', reason: 'killed' }, 'and its record says so')
  }
})

t.test(
  'a run that waits behind a holder which is killed removes the old app before its own',
  async t => {
    const args = ['--pr', '77', '--stages', 'install']
    const first = startLabRun(lab, 'site', { id: 'holder', args })
    await first.until(({ type }) => type === 'op.done')
    // However late the second one comes, the first one is still there.
    first.child.kill('SIGSTOP')
    const second = startLabRun(lab, 'site', { id: 'waiter', args })
    await second.until(({ type }) => type === 'lock.waiting')
    first.child.kill('SIGKILL')
    const { exitCode, stderr, results } = await second.ended
    t.equal(exitCode, 0, stderr)
    t.match(results, { flags: { clean_teardown: true, deploy_count: { expected: 1, counted: 1 } } })
    const order = second.happenings.map(({ type }) => type)
    const cleared = order.indexOf('teardown.done')
    t.ok(order.indexOf('lock.acquired') < cleared && cleared < order.indexOf('app.created'))
    t.strictSame(await leftOf(lab, domainOf(second.happenings)), [])
  },
)

t.test('nothing is created over what an earlier run left and what does not go', async t => {
  const args = ['--pr', '78', '--stages', 'install']
  const domain = domainOf((await runOf('before', args)).happenings)
  const engine = await connectEngine(lab.env)
  const stack = stackOf(domain as AppDomain)
  await addVolume(engine, `${stack}_left`)
  const holder = await addContainer(engine, `holds-${stack}`, { Binds: [`${stack}_left:/left`] })
  const { happenings, end } = await runOf('held', args)
  t.equal(end.exitCode, 1, end.stderr)
  t.match(end.stderr, new RegExp(`Cannot start on ${domain}: .*${stack}_left`))
  t.notOk(happenings.some(({ type }) => type === 'app.created'))
  t.match(end.results, { reason: 'fault', results: { install: 'unver' } })
  await engine.remove(`/containers/${holder}?force=1&v=1`)
  engine.close()
  t.equal((await runOf('after', args)).end.exitCode, 0, 'as soon as it goes, it is in no way')
})

async function runOf(id: string, args: readonly string[]) {
  const { happenings, ended } = startLabRun(lab, 'site', { id, args })
  return { happenings, end: await ended }
}

type Killed = { readonly run: LabRun; readonly tier: string; readonly id: string }

async function kill(tier: string, stages: string, row: number): Promise<Killed> {
  const id = `killed-${tier}`
  const args = ['--pr', String(300 + row), '--stages', stages]
  const run = startLabRun(lab, tier === 'custom' ? 'notes' : 'kv', { id, args })
  await run.until(happening => happening.type === 'tier.started' && happening.tier === tier)
  run.child.kill('SIGKILL')
  await run.ended
  return { run, tier, id }
}
