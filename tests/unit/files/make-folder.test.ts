import { existsSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { makeFolder } from '../../../lib/files/make-folder.js'

t.test('makes all that is missing, and leaves what is there', async t => {
  const dir = t.testdir({ there: { file: '' } })
  await makeFolder(join(dir, 'a/b/c'))
  await makeFolder(join(dir, 'there'))
  t.ok(existsSync(join(dir, 'a/b/c')))
  t.ok(existsSync(join(dir, 'there/file')))
})

t.test('says at once where none can be made', { timeout: 10_000 }, async t => {
  const dir = t.testdir({ file: '' })
  await t.rejects(makeFolder(join(dir, 'file/a')), { code: 'ENOTDIR' })
  await t.rejects(makeFolder(join(dir, 'file')), { code: 'EEXIST' })
  // Node's own recursive mkdir never comes back from here.
  await t.rejects(makeFolder('/proc/nowhere/a/b'), { code: 'ENOENT' })
})
