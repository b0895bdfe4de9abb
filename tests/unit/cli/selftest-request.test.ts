import t from 'tap'
import { readSelftestRequest } from '../../../lib/cli/requests/selftest-request.js'
import type { Sources } from '../../../lib/cli/line/read-option.js'
import { CRASH_POINTS } from '../../../lib/domain/crash-points.js'

const CHECKOUT = new URL('../../../', import.meta.url).pathname

function ask(line: Sources['line'], installDir = CHECKOUT) {
  const env = { CCCI_DOMAIN: 'ci.example.org' }
  const around = { env, cwd: '/somewhere', pid: 4321, home: '/root', installDir }
  return readSelftestRequest({ line, env, cwd: '/somewhere', file: new Map() }, around)
}

t.test('without a word it wants the lab of the checkout, and hands on what was asked', async t => {
  t.strictSame(ask({}), { where: 'lab', words: [] })
  const asked = { points: 'deploy.sent,lock.won', image: 'web:1', json: true }
  t.strictSame(ask(asked), {
    where: 'lab',
    words: ['--points', 'deploy.sent,lock.won', '--image', 'web:1', '--json'],
  })
})

t.test('an install without the lab ends in exit 2 and says the way out', async t => {
  t.throws(() => ask({}, '/nowhere'), { code: 'RCI_USAGE', hint: /--on-this-host/ })
})

t.test('on this host all points are taken, or those that were named', async t => {
  const all = ask({ onThisHost: true }, '/nowhere')
  t.match(all, { where: 'host', chosen: false, pr: 4321, cwd: '/somewhere' })
  t.match(all, { points: CRASH_POINTS.map(({ name }) => name) })
  const some = ask({ onThisHost: true, points: 'lock.won,deploy.sent,lock.won' })
  t.match(some, { chosen: true, points: ['lock.won', 'deploy.sent'] })
})

t.test('a point that does not exist, and an image that is none, are refused', async t => {
  t.throws(() => ask({ points: 'deploy.send' }), { code: 'RCI_USAGE', message: /deploy\.sent/ })
  t.throws(() => ask({ onThisHost: true, image: 'a b' }), { code: 'RCI_USAGE' })
})
