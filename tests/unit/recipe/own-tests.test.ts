import { mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { readFolder } from '../../../lib/recipe/customisation-folder.js'
import { snapshotTests } from '../../../lib/recipe/own-tests.js'

const RECIPE = {
  'compose.yml': '',
  scripts: { 'smoke.sh': 'smoke' },
  checks: { custom: { 'a.sh': 'a' } },
}

function recipe(t: Test, links: Readonly<Record<string, string>>, tests = true): string {
  const dir = join(t.testdir({ recipe: RECIPE, 'secret.sh': 'secret' }), 'recipe')
  mkdirSync(join(dir, '.git'))
  if (tests) mkdirSync(join(dir, 'tests', 'custom'), { recursive: true })
  for (const [path, target] of Object.entries(links)) symlinkSync(target, join(dir, path))
  return dir
}

t.test('tests that are a link to a folder of the recipe are its tests', async t => {
  const dir = recipe(t, { tests: 'checks' }, false)
  const to = await snapshotTests(dir, join(dir, '..', 'kept'))
  t.equal(readFileSync(join(to ?? '', 'custom', 'a.sh'), 'utf8'), 'a')
})

t.test('what lies outside of the recipe is none of its tests', async t => {
  for (const target of ['..', '.git', '/etc', 'nowhere', 'compose.yml', '.']) {
    const dir = recipe(t, { tests: target }, false)
    t.equal(await snapshotTests(dir, join(dir, '..', 'kept')), undefined, target)
  }
})

t.test('a link out of the tests brings what it leads to, never from outside', async t => {
  const links = { 'tests/custom/smoke.sh': '../../scripts/smoke.sh' }
  const dir = recipe(t, { ...links, 'tests/custom/secret.sh': '../../../secret.sh' })
  const to = (await snapshotTests(dir, join(dir, '..', 'deep', 'er', 'kept'))) ?? ''
  t.equal(readFileSync(join(to, 'custom', 'smoke.sh'), 'utf8'), 'smoke')
  const found = await readFolder(to)
  t.strictSame(
    found?.custom.map(({ name }) => name),
    ['smoke.sh'],
  )
  t.match(found?.unusable, [{ path: /secret\.sh$/, why: /leads nowhere/ }], 'and this is said')
})
