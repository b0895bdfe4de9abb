import t from 'tap'
import { parseBase, parseSource } from '../../../lib/cli/line/source.js'

const MIRROR = 'https://git.example.org'

const TAKEN: readonly [string, string, string][] = [
  ['/srv/git/ghost', 'path', '/srv/git/ghost'],
  ['someone/ghost', 'mirror', 'https://git.example.org/someone/ghost'],
  ['some.one/ghost-5.git', 'mirror', 'https://git.example.org/some.one/ghost-5.git'],
  ['https://host/a/b.git', 'url', 'https://host/a/b.git'],
  ['https://token@host:8443/a/b', 'url', 'https://token@host:8443/a/b'],
  ['ssh://git@host:2222/a/b.git', 'url', 'ssh://git@host:2222/a/b.git'],
  ['file:///srv/git/ghost', 'url', 'file:///srv/git/ghost'],
]

for (const [text, kind, location] of TAKEN) {
  t.test(`a source is cloned from where it says: ${text}`, async t => {
    t.strictSame(parseSource(text, MIRROR), { kind, location })
  })
}

const REFUSED = [
  '',
  'ext::sh -c id',
  'ext::sh',
  'file::/x',
  '-oProxyCommand=id',
  '--upload-pack=id',
  'https://host/a\nb',
  '/srv/git\u0000',
  '/srv/a\u2028b',
  './ghost',
  'ghost',
  '../a/b',
  'a/../b',
  '-a/b',
  'a/-b',
  'a/b/c',
  'git@host:a/b.git',
  'http://host/a/b',
  'git://host/a/b',
  'ftp://host/a',
  'ssh://-oProxyCommand=id/x',
  'ssh://%2doProxyCommand=id/x',
  'ssh://-l@host/x',
  'ssh://%2dl@host/x',
  'https:/host/x',
  'file://host/srv/x',
  'javascript:alert(1)',
]

for (const text of REFUSED) {
  t.test(
    `a source that could be a command or is no address is refused: ${encodeURIComponent(text)}`,
    async t => {
      t.throws(() => parseSource(text, MIRROR), { message: /absolute path/ })
    },
  )
}

t.test('owner/name needs a mirror base, and the fix says so', async t => {
  t.throws(() => parseSource('a/b', undefined), { message: /no mirrorBase is configured/ })
})

t.test('a base is a folder or a URL, without its trailing slash', async t => {
  t.equal(parseBase('/srv/git/'), '/srv/git')
  t.equal(parseBase('http://localhost:3000/x//'), 'http://localhost:3000/x')
  t.throws(() => parseBase('ext::x'))
  t.throws(() => parseBase('srv/git'))
})
