import t from 'tap'
import { domainOf, startLabRun } from '../support/lab-run.js'
import { testLab } from '../support/test-lab.js'

t.test('two runs of the same app: the second waits with a line, then both are green', async t => {
  const lab = await testLab()
  const args = ['--pr', '7', '--stages', 'install,upgrade']
  const first = startLabRun(lab, 'site', { id: 'same-1', args })
  await first.until(({ type }) => type === 'app.created')
  const second = startLabRun(lab, 'site', { id: 'same-2', args })
  await second.until(({ type }) => type === 'lock.waiting')
  const ends = await Promise.all([first.ended, second.ended])
  t.strictSame(
    ends.map(({ exitCode }) => exitCode),
    [0, 0],
    ends.map(({ stderr }) => stderr).join('\n'),
  )
  t.equal(domainOf(first.happenings), domainOf(second.happenings))
  const at = (happenings: typeof first.happenings, type: string) =>
    happenings.find(happening => happening.type === type)?.at ?? ''
  t.ok(at(first.happenings, 'teardown.done') <= at(second.happenings, 'app.created'), 'in turn')
})

t.test('two different apps run beside each other', async t => {
  const lab = await testLab()
  const args = ['--stages', 'install']
  const one = startLabRun(lab, 'site', { id: 'beside-1', args: [...args, '--pr', '8'] })
  const two = startLabRun(lab, 'kv', { id: 'beside-2', args: [...args, '--pr', '9'] })
  const ends = await Promise.all([one.ended, two.ended])
  t.strictSame(
    ends.map(({ exitCode }) => exitCode),
    [0, 0],
    ends.map(({ stderr }) => stderr).join('\n'),
  )
  t.notOk(two.happenings.some(({ type }) => type === 'lock.waiting'))
})
