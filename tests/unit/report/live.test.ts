import t, { type Test } from 'tap'
import { createMask } from '../../../lib/report/mask.js'
import { createReport } from '../../../lib/report/report.js'
import { check, story, tier } from '../../support/happenings.js'
import { resultsOf } from '../../support/results.js'
import { Screen } from '../../support/screen.js'

async function kit(t: Test, color = false, columns = 60) {
  let now = 1_700_000_000_000
  const screen = new Screen(columns)
  const report = await createReport({
    format: 'human',
    runId: 'build-12',
    runDir: null,
    mask: createMask().mask,
    stdout: screen,
    tty: true,
    color,
    now: () => now,
  })
  t.teardown(() => report.close())
  const pass = (ms: number) => (now += ms)
  return { screen, report, pass }
}

/** Long enough for the spinner to be drawn again, `turns` times. */
const spun = (turns = 1) => new Promise(resolve => setTimeout(resolve, turns * 350))

t.test('what goes on turns below what is settled: tier, time, wait, what comes next', async t => {
  const { report, screen, pass } = await kit(t)
  for (const happening of story().slice(0, 5)) report.emit(happening)
  report.emit({ type: 'tier.started', tier: 'install' })
  report.emit({ type: 'check.finished', tier: 'install', check: check('converged') })
  report.emit({ type: 'wait.started', for: 'db to be healthy' })
  report.emit({ type: 'service.observed', service: 'db', text: 'starting' })
  pass(4_200)
  await spun(2)
  const shown = screen.shown.join('\n')
  for (const expected of [
    /install {2}4\.2 s/,
    /✔ converged/,
    /… waiting for db to be healthy, 4\.2 s/,
    /db: starting/,
    /then upgrade, backup, restore, custom/,
  ])
    t.match(shown, expected)
})

t.test('a tier that has ended is printed for good, its end first, its checks below', async t => {
  const { report, screen } = await kit(t)
  for (const happening of tier('install', 'fail', [check('converged'), check('serving', 'fail')]))
    report.emit(happening)
  await spun()
  t.match(
    screen.shown.join('\n'),
    /^✘ install fail.*\n {2}✔ converged\n {2}✘ serving fail: saw fail$/m,
  )
})

t.test('in the end the spinner is gone, the tree and the summary stay', async t => {
  const { report, screen } = await kit(t)
  const red = story({ upgrade: tier('upgrade', 'fail', [check('serving', 'fail')]) })
  for (const happening of red) {
    report.emit(happening)
    if (happening.type === 'tier.started' && happening.tier === 'upgrade') await spun()
  }
  await report.close(resultsOf(red))
  const shown = screen.shown.join('\n')
  t.match(shown, /✘ upgrade fail[\s\S]*✔ teardown: nothing of[\s\S]*^RED {2}notes/m)
  t.notMatch(shown, /then backup|starting/, 'nothing of the live part is left')
})

t.test('a tier that was cut short is said to be', async t => {
  const { report, screen } = await kit(t)
  report.emit({ type: 'tier.started', tier: 'upgrade' })
  report.emit({ type: 'check.finished', tier: 'upgrade', check: check('converged') })
  await report.close()
  t.match(screen.shown.join('\n'), /^\? upgrade cut short\n {2}✔ converged/m)
})

t.test('colour only where it is wanted, and never the cursor hidden', async t => {
  for (const color of [true, false]) {
    const { report, screen } = await kit(t, color)
    for (const happening of story()) report.emit(happening)
    await spun()
    await report.close(resultsOf(story()))
    t.equal(screen.text.includes('\u001b[32m'), color)
    t.notMatch(screen.text, '\u001b[?25l', 'a killed run could not show it again')
  }
})

t.test('a terminal without a size does not hang the run', async t => {
  const { report, screen } = await kit(t, false, 0)
  for (const happening of story()) report.emit(happening)
  await spun()
  await report.close(resultsOf(story()))
  t.match(screen.shown.join('\n'), 'GREEN')
  t.ok(screen.text.length < 100_000, 'nor clear lines for ever')
})
