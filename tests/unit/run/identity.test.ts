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

t.test('the identity is read wherever abra wrote it, dirty mark and digest left off', async t => {
  const services = [
    service('db', 'postgres:15@sha256:aa', {}),
    service('app', 'notes:1.0', { version: '1.0.0+1.0', 'chaos-version': '095609e4+U' }),
  ]
  t.strictSame(identityOf(stack, services), {
    version: '1.0.0+1.0',
    chaosVersion: '095609e4',
    images: { db: 'postgres:15', app: 'notes:1.0' },
  })
})

t.test('only a prefix of seven or more hex digits names a commit', async t => {
  const says = (chaosVersion: string) => ({ version: undefined, chaosVersion, images: {} })
  t.equal(runsCommit(says('095609e'), commit), true)
  t.equal(runsCommit(says('095609'), commit), false)
  t.equal(runsCommit(says(''), commit), false)
  t.equal(runsCommit(says('1956096'), commit), false)
})

t.test('a wrong commit fails, a missing label is not verified', async t => {
  const none = { version: '1', chaosVersion: undefined, images: {} }
  const meant = { commit, version: '2' }
  t.equal(commitCheck({ ...none, chaosVersion: 'ffffffff' }, meant).status, 'fail')
  t.equal(commitCheck(none, meant).status, 'unver')
  t.equal(commitCheck({ ...none, chaosVersion: '095609e4' }, meant).status, 'pass')
})

t.test(
  'without any chaos-version label the version of the compose file has to be the right one',
  async t => {
    const says = { version: '2', chaosVersion: undefined, images: {} }
    t.equal(commitCheck(says, { commit, version: '2' }).status, 'pass')
    t.equal(
      commitCheck({ ...says, chaosVersion: 'ffffffff' }, { commit, version: '2' }).status,
      'fail',
    )
    t.equal(
      commitCheck({ ...says, version: undefined }, { commit, version: undefined }).status,
      'unver',
    )
  },
)

t.test('an upgrade that moved nothing is not verified; any one move is enough', async t => {
  const base = { version: '1', chaosVersion: 'aaaaaaa', images: { app: 'x:1' } }
  t.equal(movedCheck(base, base).status, 'unver')
  for (const move of [{ version: '2' }, { chaosVersion: 'bbbbbbb' }, { images: { app: 'x:2' } }])
    t.equal(movedCheck(base, { ...base, ...move }).status, 'pass', JSON.stringify(move))
})
