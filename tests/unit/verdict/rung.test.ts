import t from 'tap'
import { TIERS, type Status, type Tier } from '../../../lib/domain/tiers.js'
import { levelOf } from '../../../lib/verdict/level.js'
import { rungsOf, skipsOf, type RungFacts } from '../../../lib/verdict/rung.js'

const STATUSES: readonly Status[] = ['pass', 'fail', 'skip', 'unver']
const standing = (status: Status) => ({
  status,
  reason: status === 'pass' ? '' : `it is ${status}`,
})

const facts = (tiers: Partial<Record<Tier, Status>>, more: Partial<RungFacts> = {}): RungFacts => ({
  requested: TIERS,
  tiers: Object.fromEntries(
    Object.entries(tiers).map(([tier, status]) => [tier, standing(status)]),
  ),
  lint: standing('pass'),
  skipGeneric: [],
  ...more,
})

const green = {
  install: 'pass',
  upgrade: 'pass',
  backup: 'pass',
  restore: 'pass',
  custom: 'pass',
} as const

t.test('backup and restore: any fail, else any unver, else all skip, else pass', async t => {
  for (const backup of STATUSES)
    for (const restore of STATUSES) {
      const both = [backup, restore]
      const expected = both.includes('fail')
        ? 'fail'
        : both.includes('unver')
          ? 'unver'
          : both.every(status => status === 'skip')
            ? 'skip'
            : 'pass'
      t.equal(rungsOf(facts({ ...green, backup, restore })).backup_restore.status, expected)
    }
})

t.test('the reason of the shared rung names the tier that decided', async t => {
  const rungs = rungsOf(facts({ ...green, restore: 'fail' }))
  t.equal(rungs.backup_restore.reason, 'restore: it is fail')
})

t.test('a tier that was not requested is unver by request and no omission', async t => {
  const rungs = rungsOf(facts({ install: 'pass' }, { requested: ['install'] }))
  for (const rung of ['upgrade', 'backup_restore', 'functional'] as const)
    t.strictSame(rungs[rung], { status: 'unver', reason: 'not requested', byRequest: true })
  const skips = skipsOf(rungs)
  t.strictSame(skips.unintentional, [])
  t.strictSame(Object.keys(skips.intentional), ['upgrade', 'backup_restore', 'functional'])
})

t.test('backup without restore leaves the shared rung unver, by request', async t => {
  const rungs = rungsOf(
    facts({ install: 'pass', backup: 'pass' }, { requested: ['install', 'backup'] }),
  )
  t.strictSame(rungs.backup_restore, {
    status: 'unver',
    reason: 'restore: not requested',
    byRequest: true,
  })
})

t.test('a failed backup outweighs a restore that nobody requested', async t => {
  const rungs = rungsOf(facts({ backup: 'fail' }, { requested: ['install', 'backup'] }))
  t.equal(rungs.backup_restore.status, 'fail')
  const cut = rungsOf(facts({}, { requested: ['install', 'backup'] }))
  t.match(cut.backup_restore, { status: 'unver', reason: 'backup: not reached', byRequest: false })
})

t.test('a requested tier that was not reached is unver and an omission', async t => {
  const rungs = rungsOf(facts({ install: 'fail' }))
  t.match(rungs.upgrade, { status: 'unver', reason: 'not reached' })
  t.strictSame(skipsOf(rungs).unintentional, ['upgrade', 'backup_restore', 'functional'])
})

t.test('a pass whose generic assertions were left out is unver, a fail stays a fail', async t => {
  const rungs = rungsOf(facts({ ...green, custom: 'fail' }, { skipGeneric: ['upgrade', 'custom'] }))
  t.equal(rungs.upgrade.status, 'unver')
  t.equal(rungs.functional.status, 'fail')
  t.equal(rungs.install.status, 'pass')
})

t.test('lint is never skip', async t => {
  for (const status of STATUSES) {
    const { lint } = rungsOf(facts(green, { lint: standing(status) }))
    t.equal(lint.status, status === 'skip' ? 'unver' : status)
  }
})

t.test('the level is the highest passed rung with only pass or skip below it', async t => {
  for (const install of STATUSES)
    for (const upgrade of STATUSES)
      for (const backup_restore of STATUSES)
        for (const functional of STATUSES)
          for (const lint of STATUSES) {
            const ladder = [install, upgrade, backup_restore, functional, lint]
            const level = levelOf(
              Object.fromEntries(
                ['install', 'upgrade', 'backup_restore', 'functional', 'lint'].map(
                  (rung, index) => [rung, { status: ladder[index] }],
                ),
              ) as Parameters<typeof levelOf>[0],
            )
            const below = ladder.slice(0, level)
            const honest = below.every(status => status === 'pass' || status === 'skip')
            t.ok(honest && (level === 0 || ladder[level - 1] === 'pass'), ladder.join(' '))
            const next = ladder.findIndex((status, index) => index >= level && status === 'pass')
            if (next >= 0)
              t.ok(
                ladder.slice(0, next).some(status => status === 'fail' || status === 'unver'),
                `${ladder.join(' ')} may not stand higher than ${level}`,
              )
          }
})
