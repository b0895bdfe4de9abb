import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { UsageFault } from '../../../lib/errors.js'
import { parseEnv, readEnvFile, setEnv, writeEnvFile } from '../../../lib/recipe/env-file.js'

const SAMPLE = `TYPE=notes:1.2.0+3.0.0
# a comment
DOMAIN=notes.example.org
#EXTRA_DOMAINS=', \`www.example.org\`'
COMPOSE_FILE="compose.yml"
COMPOSE_FILE="$COMPOSE_FILE:compose.postgres.yml"
COMPOSE_FILE="\${COMPOSE_FILE}:compose.smtp.yml" # mail
SECRET_DB_PASSWORD_VERSION=v1 # length=128 charset=default
LITERAL='$DOMAIN # kept'
QUOTED="a \\"b\\" \\$DOMAIN"
export GREETING=hello world # said
URL=https://x/#anchor
EMPTY=
  INDENTED = yes
`

t.test('an env file is read in order, each value seeing those above it', async t => {
  t.strictSame(parseEnv(SAMPLE), {
    TYPE: 'notes:1.2.0+3.0.0',
    DOMAIN: 'notes.example.org',
    COMPOSE_FILE: 'compose.yml:compose.postgres.yml:compose.smtp.yml',
    SECRET_DB_PASSWORD_VERSION: 'v1',
    LITERAL: '$DOMAIN # kept',
    QUOTED: 'a "b" $DOMAIN',
    GREETING: 'hello world',
    URL: 'https://x/#anchor',
    EMPTY: '',
    INDENTED: 'yes',
  })
  t.strictSame(parseEnv('A=$B', { B: 'given' }), { A: 'given' }, 'what is inherited is seen only')
})

t.test('setting a name changes its last line and nothing else', async t => {
  const set = setEnv(SAMPLE, {
    COMPOSE_FILE: 'compose.yml:compose.ci.yml',
    SECRET_DB_PASSWORD_VERSION: 'v2',
    LETS_ENCRYPT_ENV: '',
  })
  const [before, after] = [SAMPLE.split('\n'), set.split('\n')]
  const changed = after.filter((line, place) => line !== before[place])
  t.strictSame(changed, [
    'COMPOSE_FILE=compose.yml:compose.ci.yml # mail',
    'SECRET_DB_PASSWORD_VERSION=v2 # length=128 charset=default',
    'LETS_ENCRYPT_ENV=',
    '',
  ])
  t.equal(parseEnv(set)['COMPOSE_FILE'], 'compose.yml:compose.ci.yml')
})

const AWKWARD = [
  '',
  'plain',
  'two words',
  '# hash',
  `it's`,
  '"quoted"',
  '$HOME',
  '`id`',
  'a\\b',
  `'"$\\`,
]

t.test('a value comes back from an env file as it was set', async t => {
  for (const value of AWKWARD)
    t.equal(parseEnv(setEnv('A=old # why', { A: value }))['A'], value, JSON.stringify(value))
  t.equal(setEnv('A=old\r\nB=2\r\n', { A: '1' }), 'A=1\nB=2\r\n', 'lines may end as on Windows')
  t.equal(setEnv('', { A: '1' }), 'A=1\n')
  t.equal(setEnv('B=2', { A: '1' }), 'B=2\nA=1\n', 'a missing last line break is added')
})

t.test('a value that would become two lines is refused', async t => {
  t.throws(() => setEnv('', { A: 'x\nB=1' }), UsageFault)
  t.throws(() => setEnv('', { 'A\nB': 'x' }), UsageFault)
  t.throws(() => setEnv('', { 'A B': 'x' }), UsageFault)
})

t.test('an env file is replaced whole, keeps its mode and leaves nothing beside it', async t => {
  const dir = t.testdir()
  const path = join(dir, 'a.env')
  t.equal(await readEnvFile(path), undefined)
  writeFileSync(path, 'A=1\n', { mode: 0o640 })
  const { ino } = statSync(path)
  await writeEnvFile(path, 'A=2\n')
  t.equal(readFileSync(path, 'utf8'), 'A=2\n')
  t.not(statSync(path).ino, ino, 'a new file took its place')
  t.equal(statSync(path).mode & 0o777, 0o640)
  t.strictSame(readdirSync(dir), ['a.env'])
})
