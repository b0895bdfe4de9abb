import t from 'tap'
import { isRefName } from '../../../lib/cli/line/ref-name.js'
import { TAKEN, REFUSED } from '../../support/ref-names.js'

t.test('a ref is what git takes for the name of a branch or tag', async t => {
  for (const name of TAKEN) t.ok(isRefName(name), JSON.stringify(name))
  for (const name of REFUSED) t.notOk(isRefName(name), JSON.stringify(name))
})

t.test('a leading hyphen is never a ref, whatever git says', async t => {
  t.notOk(isRefName('-x'))
})
