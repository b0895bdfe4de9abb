import { mkdirSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { createAbraDir } from '../../../lib/recipe/abra-dir.js'

t.test('a run has servers and catalogue of the host, and recipes of its own', async t => {
  const dir = t.testdir({ canonical: { servers: {}, catalogue: {}, recipes: { notes: {} } } })
  const canonical = join(dir, 'canonical')
  const made = await createAbraDir(canonical, join(dir, 'run', 'abra'))
  t.strictSame(readdirSync(made.path).sort(), ['catalogue', 'recipes', 'servers'])
  t.equal(readlinkSync(join(made.path, 'servers')), join(canonical, 'servers'))
  t.equal(readlinkSync(join(made.path, 'catalogue')), join(canonical, 'catalogue'))
  t.strictSame(readdirSync(made.recipes), [])
  t.strictSame(made.missing, [])
})

t.test('a folder made from another run’s folder does not depend on it', async t => {
  const dir = t.testdir({ canonical: { servers: {}, catalogue: {} } })
  const first = await createAbraDir(join(dir, 'canonical'), join(dir, 'a', 'abra'))
  const second = await createAbraDir(first.path, join(dir, 'b', 'abra'))
  t.equal(readlinkSync(join(second.path, 'servers')), join(dir, 'canonical', 'servers'))
})

t.test('a folder that is there is kept under another name', async t => {
  const dir = t.testdir({ canonical: { servers: {} } })
  const path = join(dir, 'run', 'abra')
  mkdirSync(path, { recursive: true })
  writeFileSync(join(path, 'kept'), '')
  await createAbraDir(join(dir, 'canonical'), path)
  await createAbraDir(join(dir, 'canonical'), path)
  t.strictSame(readdirSync(join(dir, 'run')).sort(), ['abra', 'abra.old-1', 'abra.old-2'])
  t.strictSame(readdirSync(join(dir, 'run', 'abra.old-1')), ['kept'])
})

t.test('what abra was never given is named', async t => {
  const dir = t.testdir()
  const made = await createAbraDir(join(dir, 'none'), join(dir, 'abra'))
  t.strictSame(made.missing, ['servers', 'catalogue'])
  t.equal(readlinkSync(join(made.path, 'servers')), join(dir, 'none', 'servers'))
})
