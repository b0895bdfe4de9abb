import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { readBeginning } from '../../../lib/files/read-beginning.js'

t.test('the beginning of a file, also through a link', t => {
  const dir = t.testdir({ file: 'one two', empty: '' })
  symlinkSync('file', join(dir, 'link'))
  t.equal(readBeginning(join(dir, 'file'), 100), 'one two')
  t.equal(readBeginning(join(dir, 'file'), 3), 'one')
  t.equal(readBeginning(join(dir, 'link'), 3), 'one')
  t.equal(readBeginning(join(dir, 'empty'), 3), '')
  t.throws(() => readBeginning(join(dir, 'absent'), 3), { code: 'ENOENT' })
  t.end()
})

t.test('what may never end is not read', { timeout: 10_000 }, async t => {
  const dir = t.testdir({})
  await once(spawn('mkfifo', [join(dir, 'fifo')]), 'exit')
  for (const path of [join(dir, 'fifo'), '/dev/zero', dir])
    t.throws(() => readBeginning(path, 3), {
      name: 'TypeError',
      message: `"${path}" is no regular file`,
    })
})
