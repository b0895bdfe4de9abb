import { join } from 'node:path'
import t from 'tap'
import { envFileDomains, envFilesOf } from '../../lib/swarm/env-files.js'

t.test('what a killed run had written to replace an env file counts as one', async t => {
  const dir = t.testdir({
    servers: {
      default: {
        'note-3fa9c1.ci.example.org.env': '',
        '.note-3fa9c1.ci.example.org.env.0badcafe.tmp': '',
        '.site-3fa9c1.ci.example.org.env.0badcafe.tmp': '',
        'note-3fa9c1.ci.example.org.env.bak': '',
        '.env': '',
      },
    },
  })
  const folder = join(dir, 'servers', 'default')
  t.strictSame((await envFilesOf(dir, 'note-3fa9c1.ci.example.org')).sort(), [
    join(folder, '.note-3fa9c1.ci.example.org.env.0badcafe.tmp'),
    join(folder, 'note-3fa9c1.ci.example.org.env'),
  ])
  t.strictSame((await envFileDomains(dir)).sort(), [
    'note-3fa9c1.ci.example.org',
    'note-3fa9c1.ci.example.org',
    'site-3fa9c1.ci.example.org',
  ])
})
