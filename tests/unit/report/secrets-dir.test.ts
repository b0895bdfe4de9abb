import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { readSecrets } from '../../../lib/report/secrets-dir.js'

t.test('every file below the folder is a secret, links followed', async t => {
  const dir = t.testdir({
    one: 'first-secret\n',
    deeper: { two: 'second-secret' },
    real: { three: 'x' },
  })
  symlinkSync(join(dir, 'real'), join(dir, 'link'))
  symlinkSync(join(dir, 'gone'), join(dir, 'dangling'))
  const { values, unreadable } = await readSecrets(dir)
  t.strictSame([...values].sort(), ['first-secret\n', 'second-secret', 'x', 'x'])
  t.strictSame(unreadable, [])
})

t.test('a folder that does not exist holds no secrets', async t => {
  t.strictSame(await readSecrets(join(t.testdir({}), 'none')), { values: [], unreadable: [] })
})

t.test('a link that runs in circles ends the search, not the run', async t => {
  const dir = t.testdir({ a: 'some-secret' })
  symlinkSync(dir, join(dir, 'again'))
  symlinkSync(join(dir, 'self'), join(dir, 'self'))
  const { values, unreadable } = await readSecrets(dir)
  t.ok(values.includes('some-secret'))
  t.match(unreadable, [/self$/])
})
