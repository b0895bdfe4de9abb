import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { licencesPage, runtimePackages } from '../support/licences.js'
import { ROOT } from '../support/runner.js'

/** Those that work under the GPL may contain. */
const ADMITTED = ['Apache-2.0', 'BlueOak-1.0.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT']

t.test('docs/licences.md lists what an install brings: npm run docs', async t => {
  t.equal(readFileSync(join(ROOT, 'docs/licences.md'), 'utf8'), licencesPage())
})

t.test('the GPL admits every licence', async t => {
  for (const { name, licence } of runtimePackages()) t.ok(ADMITTED.includes(licence), name)
})
