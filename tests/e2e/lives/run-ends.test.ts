import t from 'tap'
import type { Tier } from '../../../lib/domain/tiers.js'
import { domainOf, leftOf, startLabRun } from '../../support/lab-run.js'
import { SOAK } from '../../support/lives/processes.js'
import { testLab } from '../../support/test-lab.js'

type Ending = 'SIGTERM' | 'SIGINT' | 'SIGHUP' | 'parent killed'

// prettier-ignore
const ENDS: Readonly<Record<Ending, { code: number; reason: string }>> = {
  SIGTERM: { code: 143, reason: 'terminated' },
  SIGINT: { code: 130, reason: 'interrupted' },
  SIGHUP: { code: 129, reason: 'hangup' },
  'parent killed': { code: 143, reason: 'terminated' },
}

const TIERS: readonly Tier[] = ['install', 'upgrade', 'backup', 'restore', 'custom']
const ENDINGS = Object.keys(ENDS) as Ending[]
/** Every ending in every tier takes twenty runs: here each tier meets one, in the long form all of them. */
const ROWS = TIERS.flatMap((tier, place) =>
  ENDINGS.filter((_, at) => SOAK || at === place % ENDINGS.length).map(ending => ({
    tier,
    ending,
  })),
)

for (const [row, { tier, ending }] of ROWS.entries()) {
  t.test(`${ending} in the middle of ${tier}: torn down, recorded, nothing left`, async t => {
    const lab = await testLab()
    const id = `end-${String(row)}`
    const args = ['--pr', String(100 + row)]
    const underShell = ending === 'parent killed'
    const run = startLabRun(lab, 'notes', { id, args, underShell })
    await run.until(happening => happening.type === 'tier.started' && happening.tier === tier)
    run.child.kill(ending === 'parent killed' ? 'SIGKILL' : ending)
    const { exitCode, results } = await run.ended
    const { code, reason } = ENDS[ending]
    if (!underShell) t.equal(exitCode, code)
    t.match(results, {
      status: 'finished',
      reason,
      exit_code: code,
      flags: { clean_teardown: true },
    })
    t.strictSame(await leftOf(lab, domainOf(run.happenings)), [])
  })
}

t.test('SIGKILL of the harness: the next run of the same app reaps before it deploys', async t => {
  const lab = await testLab()
  const args = ['--pr', '99', '--stages', 'install']
  const killed = startLabRun(lab, 'site', { id: 'killed', args })
  await killed.until(({ type }) => type === 'op.done')
  killed.child.kill('SIGKILL')
  const { results } = await killed.ended
  t.match(results, { status: 'running', exit_code: null }, 'its record says how far it came')
  const next = startLabRun(lab, 'site', { id: 'killed-next', args })
  const { exitCode, stderr } = await next.ended
  t.equal(exitCode, 0, stderr)
  const order = next.happenings.map(({ type }) => type)
  t.ok(order.indexOf('janitor.done') < order.indexOf('app.created'), 'reaped first')
  t.strictSame(await leftOf(lab, domainOf(next.happenings)), [])
})
