import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { learnSecrets } from '../../../lib/cli/wiring/secrets.js'
import { netrcSecrets } from '../../../lib/report/netrc.js'

const NOWHERE = { upstreamBase: 'https://git.example.org/recipes', mirrorBase: undefined }

t.test('the logins of every .netrc within reach are secrets', async t => {
  const dir = t.testdir({
    home: { '.netrc': 'machine a.org login someone-known\n  password "hunter2 hunter2"\n' },
    build: {
      home: { drone: { '.netrc': 'machine b.org login t0ken-of-drone password x-oauth-basic' } },
      drone: { src: {} },
    },
  })
  const env = { HOME: join(dir, 'home'), DRONE_WORKSPACE: join(dir, 'build/drone/src') }
  const { mask, warnings } = await learnSecrets({ ...NOWHERE, secretsDir: join(dir, 'none') }, env)
  t.equal(mask.mask('hunter2 hunter2, t0ken-of-drone'), '[masked], [masked]')
  t.strictSame(warnings, [])
})

t.test('the credentials of the configured addresses are secrets', async t => {
  const around = {
    secretsDir: join(t.testdir({}), 'none'),
    upstreamBase: 'https://someone:upstream-pass@a.org/x',
    mirrorBase: 'https://mirror-token@b.org/y',
  }
  const { mask } = await learnSecrets(around, {})
  t.equal(mask.mask('got upstream-pass and mirror-token'), 'got [masked] and [masked]')
})

t.test('what cannot be read is one warning, and the rest is masked', async t => {
  const secretsDir = t.testdir({ one: 'first-secret\n' })
  for (const name of ['a', 'b', 'c', 'd'])
    symlinkSync(join(secretsDir, name), join(secretsDir, name))
  const { mask, warnings } = await learnSecrets({ ...NOWHERE, secretsDir }, {})
  t.match(warnings, [/^Cannot read .*\/a, .*\/b, .*\/c and 1 more: values in there are not masked/])
  t.equal(warnings.length, 1)
  t.equal(mask.mask('first-secret'), '[masked]')
})

t.test('a .netrc that never ends is no .netrc', { timeout: 10_000 }, async t => {
  const dir = t.testdir({ home: {} })
  await once(spawn('mkfifo', [join(dir, 'home', '.netrc')]), 'exit')
  t.strictSame(netrcSecrets({ HOME: join(dir, 'home') }), [])
})
