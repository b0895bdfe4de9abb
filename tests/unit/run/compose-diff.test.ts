import t from 'tap'
import type { HappeningBody } from '../../../lib/domain/events.js'
import type { CommitId } from '../../../lib/domain/names.js'
import type { RecipeTree } from '../../../lib/recipe/tree.js'
import { composeDiff } from '../../../lib/run/compose-diff.js'

const base = 'b'.repeat(40) as CommitId
const tree = { dir: '/r', dirty: false, head: 'a'.repeat(40) } as RecipeTree

t.test('compose files that cannot be compared are told, and end nothing', async t => {
  const emitted: HappeningBody[] = []
  const ports = {
    git: { diff: () => Promise.reject(new Error('bad object')) },
    emit: (happening: HappeningBody) => void emitted.push(happening),
  }
  t.equal(await composeDiff(ports, tree, base), undefined, 'and never taken for alike')
  t.match(emitted, [{ type: 'run.noted', text: /^Cannot compare .*bad object$/ }])
})

t.test('without a base there is nothing to compare with', async t => {
  const ports = { git: { diff: () => Promise.reject(new Error('asked')) }, emit: () => undefined }
  t.strictSame(await composeDiff(ports, tree, undefined), { lines: [], more: 0 })
})
