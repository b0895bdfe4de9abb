import t from 'tap'
import type { CommitId, StackName } from '../../../lib/domain/names.js'
import { commitCheck, identityOf, movedCheck, runsCommit } from '../../../lib/run/identity.js'

const stack = 'note-012abc_ci_test' as StackName
const commit = '095609e4aa51c1f7a2f6bb2d4f3f8c8d9e0a1b2c' as CommitId

const service = (name: string, image: string, labels: Record<string, string>) => ({
  name,
  image,
  labels: Object.fromEntries(
    Object.entries(labels).map(([key, value]) => [`coop-cloud.${stack}.${key}`, value]),
  ),
})

const ran = (commits: Record<string, string>, version?: string) => ({
  version,
  chaosVersion: Object.values(commits)[0],
  commits,
  images: {},
})
const statusOf = (...given: Parameters<typeof commitCheck>) => commitCheck(...given).status

t.test('the identity is read wherever abra wrote it, dirty mark and digest left off', async t => {
  const services = [
    service('api', 'api:1', { version: '0.9.0+1.0', 'chaos-version': 'aaaaaaaa' }),
    service('app', 'notes:1.0', { version: '1.0.0+1.0', 'chaos-version': '095609e4+U' }),
    service('db', 'postgres:15@sha256:aa', {}),
  ]
  t.strictSame(identityOf(stack, services), {
    version: '1.0.0+1.0',
    chaosVersion: '095609e4',
    commits: { api: 'aaaaaaaa', app: '095609e4' },
    images: { api: 'api:1', app: 'notes:1.0', db: 'postgres:15' },
  })
  t.match(identityOf(stack, services.slice(0, 1)), { version: '0.9.0+1.0' }, 'without an "app"')
  const { labels: containerLabels, ...inside } = service('app', 'a', {
    'chaos-version': '095609e4',
  })
  const onContainer = [{ ...inside, labels: {}, containerLabels }]
  t.match(identityOf(stack, onContainer), { chaosVersion: '095609e4' }, 'on the container')
})

t.test('only a prefix of seven or more hex digits names a commit', async t => {
  const says = (chaosVersion: string) => runsCommit(ran({ web: chaosVersion }), commit)
  t.equal(says('095609e'), true)
  t.equal(says('095609'), false)
  t.equal(says(''), false)
  t.equal(says('1956096'), false)
})

t.test('every service that says a commit has to say the one that was meant', async t => {
  const meant = { commit, version: '2', services: [] }
  for (const name of ['app', 'web']) {
    t.match(commitCheck(ran({ [name]: '095609e4' }), meant), { status: 'pass', detail: name })
    t.equal(statusOf(ran({ [name]: 'ffffffff' }, '2'), meant), 'fail', 'whatever the version says')
  }
  const torn = commitCheck(ran({ api: 'ffffffff', web: '095609e4' }), meant)
  t.match(torn, { status: 'fail', detail: /"api" says it runs ffffffff/ })
})

t.test('a service that the deployed version does not have any more is not asked', async t => {
  const left = ran({ admin: 'ffffffff', web: '095609e4' })
  t.equal(statusOf(left, { commit, version: '2', services: ['web', 'db'] }), 'pass')
  t.equal(statusOf(left, { commit, version: '2', services: ['admin', 'web'] }), 'fail')
})

t.test('without any chaos-version label the version has to be right, and a new one', async t => {
  const meant = { commit, version: '2', services: [] }
  t.equal(statusOf(ran({}, '2'), meant), 'pass', 'nothing ran before')
  t.equal(statusOf(ran({}, '2'), { ...meant, before: ran({}, '1') }), 'pass')
  const same = commitCheck(ran({}, '2'), { ...meant, before: ran({}, '2') })
  t.match(same, { status: 'unver', detail: /version 2 was there before.*095609e4/ })
  t.equal(statusOf(ran({}, '1'), meant), 'unver')
  t.equal(statusOf(ran({}), { ...meant, version: undefined }), 'unver')
})

t.test('an upgrade that moved nothing is not verified; any one move is enough', async t => {
  const base = { ...ran({ app: 'aaaaaaa' }, '1'), images: { app: 'x:1' } }
  t.equal(movedCheck(base, base).status, 'unver')
  const moves = [{ version: '2' }, { commits: { app: 'bbbbbbb' } }, { images: { app: 'x:2' } }]
  for (const move of moves)
    t.equal(movedCheck(base, { ...base, ...move }).status, 'pass', JSON.stringify(move))
  const more = { ...base, images: { ...base.images, db: 'y:1' } }
  t.equal(movedCheck(base, more).status, 'pass', 'a service more is a move')
  t.equal(movedCheck(more, base).status, 'unver', 'a service that is not asked any more is none')
})
