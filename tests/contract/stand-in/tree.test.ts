import { appendFile, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { createStandIn, type StandIn } from '../../support/stand-in.js'

const QUIET = ['-n', '-o']

/** A stand-in of its own for each test: the state of the tree is what it is about. */
async function open(t: Test): Promise<StandIn> {
  const standIn = await createStandIn('recipe-ci-stand-in/none:1')
  t.teardown(() => standIn[Symbol.asyncDispose]())
  return standIn
}

const make = (standIn: StandIn, ...args: readonly string[]) =>
  standIn.abra(['app', 'new', 'tiny', ...args, '-D', standIn.domain, '-s', 'default', ...QUIET])

const head = (standIn: StandIn) => standIn.git('rev-parse', 'HEAD')

const typeOf = async (standIn: StandIn) => /^TYPE=(.*)$/m.exec(await standIn.readEnv())?.[1]

/** A command without --chaos that does nothing but look. */
const look = (standIn: StandIn, env = {}, ...args: readonly string[]) =>
  standIn.abra(['app', 'check', standIn.domain, ...QUIET, ...args], { env })

t.test('app new moves the tree to the newest tag and writes it behind TYPE', async t => {
  const standIn = await open(t)
  t.equal(await head(standIn), standIn.commits[2])
  t.equal((await make(standIn)).code, 0)
  t.equal(await head(standIn), standIn.commits[1])
  t.equal(await typeOf(standIn), 'tiny:1.1.0+1.1')
  t.match(await standIn.readEnv(), `DOMAIN=${standIn.domain}\n`)
})

t.test('app new with chaos leaves the tree alone and writes the short commit', async t => {
  const standIn = await open(t)
  t.equal((await make(standIn, '-C')).code, 0)
  t.equal(await head(standIn), standIn.commits[2])
  t.equal(await typeOf(standIn), `tiny:${standIn.commits[2]?.slice(0, 8) ?? ''}`)
})

t.test(
  'app new with a version moves the tree to it, or leaves it; TYPE has it both ways',
  async t => {
    for (const [form, commit] of [['move', 0] as const, ['leave', 2] as const]) {
      const standIn = await open(t)
      const args = ['app', 'new', 'tiny', '1.0.0+1.0', '-D', standIn.domain, ...QUIET]
      t.equal((await standIn.abra(args, { env: { ABRA_STANDIN_NEW_VERSION: form } })).code, 0)
      t.equal(await head(standIn), standIn.commits[commit], form)
      t.equal(await typeOf(standIn), 'tiny:1.0.0+1.0')
    }
  },
)

t.test('a version together with chaos is refused, or chaos wins', async t => {
  const standIn = await open(t)
  const refused = await make(standIn, '1.0.0+1.0', '-C')
  t.equal(refused.code, 1)
  t.match(refused.stderr, /FATA cannot use \[version\] and --chaos together/)
  const args = ['app', 'new', 'tiny', '1.0.0+1.0', '-C', '-D', standIn.domain, ...QUIET]
  const env = { ABRA_STANDIN_VERSION_CHAOS: 'accept' }
  t.equal((await standIn.abra(args, { env })).code, 0)
  t.equal(await head(standIn), standIn.commits[2])
})

t.test('app new refuses a domain that has an env file, and an unknown server', async t => {
  const standIn = await open(t)
  t.equal((await make(standIn)).code, 0)
  t.match((await make(standIn)).stderr, /FATA .*\.env already exists\?/)
  const other = ['app', 'new', 'tiny', '-D', 'other.test', '-s', 'nowhere', ...QUIET]
  t.match((await standIn.abra(other)).stderr, /FATA server not found: nowhere/)
})

t.test(
  'an untracked file makes a tree dirty, and a dirty tree is refused without chaos',
  async t => {
    const standIn = await open(t)
    await writeFile(join(standIn.recipeDir, 'notes.txt'), 'untracked')
    const refused = await make(standIn)
    t.equal(refused.code, 1)
    t.match(refused.stderr, /FATA tiny \(.*\) has locally unstaged changes\? please commit/)
    t.equal((await make(standIn, '-C')).code, 0)
    t.match(await typeOf(standIn), /^tiny:[0-9a-f]{8}\+U$/)
  },
)

t.test('other commands move the tree to the version of the .env, or ignore it', async t => {
  const standIn = await open(t)
  await make(standIn)
  await standIn.setEnv('TYPE=tiny:1.0.0+1.0')
  await standIn.git('checkout', '-q', 'main')
  t.equal((await look(standIn, { ABRA_STANDIN_TREE: 'ignore' })).code, 0)
  t.equal(await head(standIn), standIn.commits[2])
  t.equal((await look(standIn, {}, '-C')).code, 0)
  t.equal(await head(standIn), standIn.commits[2])
  t.equal((await look(standIn)).code, 0)
  t.equal(await head(standIn), standIn.commits[0])
  await standIn.setEnv('TYPE=tiny')
  t.equal((await look(standIn)).code, 0)
  t.equal(await head(standIn), standIn.commits[1], 'no version: the newest tag')
  await appendFile(join(standIn.recipeDir, 'abra.sh'), '# changed\n')
  t.match((await look(standIn)).stderr, /FATA tiny .* has locally unstaged changes/)
  t.equal((await look(standIn, { ABRA_STANDIN_TREE: 'ignore' })).code, 0)
})

t.test('a chaos version in the .env is refused without chaos, or used', async t => {
  const standIn = await open(t)
  await make(standIn)
  await standIn.setEnv(`TYPE=tiny:${standIn.commits[0]?.slice(0, 8) ?? ''}+U`)
  t.match(
    (await look(standIn)).stderr,
    /FATA can not redeploy chaos version \(.*\+U\) without --chaos/,
  )
  t.equal((await look(standIn, { ABRA_STANDIN_CHAOS_ENV: 'use' })).code, 0)
  t.equal(await head(standIn), standIn.commits[0])
})

t.test(
  'without offline tags are fetched, with chaos too, and an origin out of reach is fatal',
  async t => {
    const standIn = await open(t)
    await make(standIn)
    await rm(join(standIn.abraDir, '../origin'), { recursive: true })
    const check = (env: Readonly<Record<string, string>>, ...args: readonly string[]) =>
      standIn.abra(['app', 'check', standIn.domain, '-n', ...args], { env })
    t.match((await check({})).stderr, /FATA unable to fetch tags in/)
    t.match((await check({}, '-C')).stderr, /FATA unable to fetch tags in/)
    t.equal((await check({ ABRA_STANDIN_CHAOS_FETCH: 'never' }, '-C')).code, 0)
    t.equal((await check({}, '-o')).code, 0)
  },
)

t.test('a version that does not exist is fatal', async t => {
  const standIn = await open(t)
  t.match((await make(standIn, '9.9.9+9.9')).stderr, /FATA unable to resolve '9\.9\.9\+9\.9'/)
})

t.test('an env file may refer to itself, in order', async t => {
  const standIn = await open(t)
  await make(standIn)
  const lines = [
    'FIRST=one # length=8',
    'SECOND="$FIRST two"',
    "RAW='$FIRST'",
    'COMPOSE_FILE="$COMPOSE_FILE:compose.patient.yml"',
  ]
  await appendFile(standIn.envFile, `${lines.join('\n')}\n`)
  const { stdout } = await standIn.abra(['app', 'env', 'list', standIn.domain])
  t.match(stdout, /FIRST +┃ one +┃/)
  t.match(stdout, /SECOND +┃ one two +┃/)
  t.match(stdout, /RAW +┃ \$FIRST +┃/)
  t.match(stdout, /COMPOSE_FILE +┃ compose\.yml:compose\.patient\.yml +┃/)
})

t.test('TYPE is the only line of the .env that is rewritten', async t => {
  const standIn = await open(t)
  await make(standIn)
  const sample = await readFile(join(standIn.recipeDir, '.env.sample'), 'utf8')
  const expected = sample
    .replace('TYPE=tiny\n', 'TYPE=tiny:1.1.0+1.1\n')
    .replace('tiny.example.com', standIn.domain)
  t.equal(await standIn.readEnv(), expected)
})
