import t from 'tap'
import { judgeRestore, judgeSurvival, type Subject } from '../../../lib/canary/judge-reading.js'
import type { Reading } from '../../../lib/canary/reading.js'

const OLD = '1|a\n2|b'
const CHANGED = '1|c'
const ROWS: Subject = { what: 'rows in postgres of "db"', key: 'db', old: OLD, changed: CHANGED }
const found = (text: string): Reading<string> => ({ kind: 'found', found: text })
const GONE: Reading<string> = { kind: 'gone', why: 'relation does not exist' }
const UNUSED: Reading<string> = { kind: 'unused', why: 'no service uses it any more' }
const UNREADABLE: Reading<string> = { kind: 'unreadable', why: 'it restarts' }

/** Every text that some of these lines make, in any number. */
const LINES = ['1|a', '2|b', '1|c', 'x|y']
const TEXTS = Array.from({ length: 2 ** 8 }, (_, bits) =>
  [...LINES, ...LINES].filter((_, at) => ((bits >> at) & 1) === 1).join('\n'),
).filter(text => text !== '')
const READINGS = [GONE, UNUSED, UNREADABLE, ...TEXTS.map(found)]
const BOTH = [true, false]

const holdsFor = (law: (reading: Reading<string>, flag: boolean) => boolean) =>
  READINGS.filter(reading => !law(reading, true) || !law(reading, false))

t.test('nothing but the very value that was written passes', async t => {
  const isOld = (reading: Reading<string>) => reading.kind === 'found' && reading.found === OLD
  const survival = (reading: Reading<string>, excluded: boolean) =>
    BOTH.every(rebuilt => {
      const { status } = judgeSurvival(ROWS, reading, { excluded, rebuilt })
      return (status === 'pass') === isOld(reading)
    })
  t.strictSame(holdsFor(survival), [])
  const restore = (reading: Reading<string>, fresh: boolean) =>
    (judgeRestore(ROWS, reading, { fresh }).status === 'pass') === isOld(reading)
  t.strictSame(holdsFor(restore), [])
})

t.test('what could not be read is unverified, whatever else is known', async t => {
  for (const excluded of BOTH) {
    const survival = judgeSurvival(ROWS, UNREADABLE, { excluded, rebuilt: true })
    t.match(survival, { status: 'unver', cause: { class: 'not_verified' } })
  }
  for (const fresh of BOTH) t.match(judgeRestore(ROWS, UNREADABLE, { fresh }), { status: 'unver' })
})

t.test('a canary that was not changed proves nothing of a restore in place', async t => {
  const unchanged = { ...ROWS, changed: undefined }
  const law = (reading: Reading<string>) =>
    judgeRestore(unchanged, reading, { fresh: false }).status === 'unver'
  t.strictSame(holdsFor(law), [])
  t.equal(judgeRestore(unchanged, found(OLD), { fresh: true }).status, 'pass')
})

t.test('each failure has a class, evidence and a fix', async t => {
  const law = (reading: Reading<string>, fresh: boolean) =>
    [
      judgeSurvival(ROWS, reading, { excluded: false, rebuilt: false }),
      judgeRestore(ROWS, reading, { fresh }),
    ].every(
      ({ status, detail, cause }) =>
        status === 'pass' ||
        (detail !== '' && cause !== undefined && cause.evidence !== '' && cause.fix !== ''),
    )
  t.strictSame(holdsFor(law), [])
})

const lost = (excluded: boolean, rebuilt: boolean, reading: Reading<string> = GONE) =>
  judgeSurvival(ROWS, reading, { excluded, rebuilt })

t.test(
  'what an upgrade loses is a failure, unless the recipe keeps it out of its backups',
  async t => {
    for (const reading of [GONE, UNUSED, found('x|y')]) {
      t.match(lost(false, false, reading), { status: 'fail', cause: { class: 'data_lost' } })
      t.match(lost(true, false, reading), { status: 'skip', detail: /^note: .*excludes it/ })
    }
  },
)

t.test('where the other old files are gone too, the fix names the skip', async t => {
  t.match(lost(false, true).cause?.fix, /CANARY: {db: {skip: <reason>}}/)
})

t.test('where no service uses the place any more, the fix names the skip as well', async t => {
  t.match(lost(false, false, UNUSED).cause?.fix, /meant to drop it, say CANARY: {db: {skip: /)
  t.notMatch(lost(false, false).cause?.fix, /CANARY/)
})

const restored = (reading: Reading<string>) =>
  judgeRestore(ROWS, reading, { fresh: false }).cause?.class

t.test('a restore that brings nothing and one that only adds are told apart', async t => {
  t.equal(restored(found(CHANGED)), 'restore_lost', 'it did nothing')
  t.equal(restored(GONE), 'restore_lost', 'a schema without rows')
  t.equal(restored(UNUSED), 'restore_lost')
  t.equal(restored(found('x|y')), 'restore_lost')
  t.equal(restored(found('1|a\n1|c\n2|b')), 'restore_not_in_place', 'a dump without --clean')
  t.equal(restored(found('1|c\n2|b')), 'restore_not_in_place', 'only what was missing came back')
  t.equal(restored(found('1|a\n2|b\n1|a\n2|b')), 'restore_not_in_place', 'loaded twice')
})
