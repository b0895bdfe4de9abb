import t from 'tap'
import { candidatesFor, parseStatus, parseTags } from '../../../lib/git/refs.js'

const ID = 'a'.repeat(40)
const TAG = 'b'.repeat(40)

t.test('a tag is its commit, annotated or not, and nothing that leads elsewhere', async t => {
  const lines = [
    `1.0.0+1\0tag\0${TAG}\0commit\0${ID}\x001700000000`,
    `light\0commit\0${ID}\0\0\x001700000001`,
    `file\0blob\0${ID}\0\0\0`,
    `tree\0tag\0${TAG}\0tree\0${ID}\x001700000002`,
    '',
  ]
  t.strictSame(parseTags(lines.join('\n')), [
    { name: '1.0.0+1', annotated: true, commit: ID, date: 1700000000 },
    { name: 'light', annotated: false, commit: ID, date: 1700000001 },
  ])
})

t.test('a name is looked for among tags first, and never read as an expression', async t => {
  t.equal(candidatesFor('main')[0], 'refs/tags/main')
  t.strictSame(candidatesFor('A'.repeat(40)), ['a'.repeat(40)])
  for (const ref of ['main~1', 'main^{tree}', 'main@{1}', ':/x', 'a..b', 'a b'])
    t.strictSame(candidatesFor(ref), [], ref)
})

t.test('every uncommitted change is listed with what became of the file', async t => {
  t.strictSame(parseStatus(' M a\0?? b c\0 D d\0D  e\0AM f\0MD g\0A  h\n\0'), [
    { path: 'a', kind: 'written' },
    { path: 'b c', kind: 'written' },
    { path: 'd', kind: 'deleted' },
    { path: 'e', kind: 'deleted' },
    { path: 'f', kind: 'written' },
    { path: 'g', kind: 'deleted' },
    { path: 'h\n', kind: 'written' },
  ])
  t.strictSame(parseStatus(''), [])
})
