import t from 'tap'
import type { CommitId } from '../../../lib/domain/names.js'
import type { CustomFile } from '../../../lib/recipe/customisation.js'
import { chooseRepair } from '../../../lib/run/base-repair.js'

const commit = 'a'.repeat(40) as CommitId
const base = { commit, version: '1.0.0+1.27' }
const file = (name: string, origin: CustomFile['origin'] = 'operator'): CustomFile => ({
  name,
  origin,
  path: `/r/${origin}/previous/${name}`,
})

t.test('a repair named after the base is used, and a reader is told', async t => {
  const { repair, remarks } = chooseRepair([file('1.0.0+1.27.yml')], base)
  t.equal(repair?.name, '1.0.0+1.27.yml')
  t.match(remarks, [/^The base 1\.0\.0\+1\.27 is repaired by previous\/1\.0\.0\+1\.27\.yml/])
})

t.test("of two for the same version the operator's wins", async t => {
  const files = [file('1.0.0+1.27.yml'), file('1.0.0+1.27.yaml', 'recipe')]
  t.equal(chooseRepair(files, base).repair?.origin, 'operator')
})

t.test('a repair for another version is stale: flagged and ignored', async t => {
  const stale = [file('0.9.0+1.26.yml')]
  for (const at of [base, undefined, { commit, version: undefined }]) {
    const { repair, remarks } = chooseRepair(stale, at)
    t.equal(repair, undefined)
    t.match(remarks, [/is stale and ignored: it repairs 0\.9\.0\+1\.26/])
  }
})

t.test('a file that is named after no version is flagged and ignored', async t => {
  for (const name of ['compose.yml', 'README.md', '1.0.0+1.27.txt']) {
    const { repair, remarks } = chooseRepair([file(name)], base)
    t.equal(repair, undefined)
    t.match(remarks, [/is not named after a version/], name)
  }
})

t.test('nothing there: nothing is said', async t => {
  t.strictSame(chooseRepair([], base), { repair: undefined, remarks: [] })
})
