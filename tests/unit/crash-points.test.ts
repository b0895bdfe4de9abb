import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { CRASH_POINTS, isCrashPoint, nearestCrashPoint } from '../../lib/domain/crash-points.js'

const LIB = new URL('../../lib/', import.meta.url).pathname

/** Points whose names are put together in the code from a group and what follows it. */
const GROUPS = ['deploy', 'upgrade', 'fresh', 'teardown', 'reap']

/** All code but the list itself. */
const CODE = readdirSync(LIB, { recursive: true, encoding: 'utf8' })
  .filter(
    file => file.endsWith('.ts') && !file.includes('selftest') && file !== 'domain/crash-points.ts',
  )
  .map(file => readFileSync(join(LIB, file), 'utf8'))
  .join('\n')

t.test('every crash point is named once, and the code comes past it', async t => {
  const names = CRASH_POINTS.map(({ name }) => name)
  t.equal(new Set(names).size, names.length)
  for (const name of names) {
    const [group = ''] = name.split('.')
    const inGroup = GROUPS.includes(group) && CODE.includes(`\`${group}.\${`)
    const byParts = ['deploy', 'upgrade', 'fresh'].includes(group) && CODE.includes(`'${group}'`)
    t.ok(CODE.includes(`'${name}'`) || inGroup || byParts, name)
  }
})

t.test('a word that is no crash point leads to the nearest one', async t => {
  t.ok(isCrashPoint('deploy.sent'))
  t.notOk(isCrashPoint('deploy.send'))
  t.equal(nearestCrashPoint('deploy.send'), 'deploy.sent')
  t.equal(nearestCrashPoint('lockfile.unlink'), 'lockfile.unlinked')
})
