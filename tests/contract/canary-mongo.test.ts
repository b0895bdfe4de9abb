import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import t from 'tap'
import { MONGO } from '../../lib/canary/dialect-mongo.js'
import { NO_CLIENT } from '../../lib/canary/row-dialect.js'

// Debian has no MongoDB: the script runs for real, the client that it calls is a stand-in of ours.
const CLIENT = join(import.meta.dirname, '../support/mongosh/mongosh.mjs')
const ROWS = { first: 'rciaaaa', second: 'rcibbbb' }

async function mongo(client: string) {
  const dir = await mkdtemp(join(tmpdir(), 'recipe-ci-mongo-'))
  t.teardown(() => rm(dir, { recursive: true }))
  const script = `#!/bin/sh\nexec node ${CLIENT} "$@"\n`
  if (client !== '') await writeFile(join(dir, client), script, { mode: 0o755 })
  for (const tool of ['sh', 'cat', 'env', 'node']) {
    const { stdout } = await execa('sh', ['-c', `command -v ${tool}`])
    await symlink(stdout, join(dir, tool))
  }
  const store = join(dir, 'store.json')
  const run = (verb: string, input = '', env: Record<string, string> = {}) =>
    execa('sh', ['-c', MONGO.script, 'sh', verb], {
      input,
      reject: false,
      extendEnv: false,
      env: { PATH: dir, RCI_TEST_STORE: store, ...env },
    })
  return { dir, run, stored: async () => JSON.parse(await readFile(store, 'utf8')) as unknown }
}

for (const client of ['mongosh', 'mongo']) {
  t.test(`two documents go through ${client}, are changed and dropped`, async t => {
    const { run, stored } = await mongo(client)
    const env = { MONGO_INITDB_DATABASE: 'shop' }
    t.equal((await run('run', MONGO.write(ROWS), env)).exitCode, 0)
    t.match(await stored(), { shop: { recipe_ci_canary: [{ n: 1 }, { n: 2 }] } })
    t.equal((await run('run', MONGO.write(ROWS), env)).exitCode, 0, 'twice is once')
    t.equal((await run('run', MONGO.read, env)).stdout, '1|rciaaaa\n2|rcibbbb')
    await run('run', MONGO.change('rcicccc'), env)
    t.equal((await run('run', MONGO.read, env)).stdout, '1|rcicccc')
    await run('run', MONGO.drop, env)
    t.equal((await run('run', MONGO.read, env)).stdout, '')
  })
}

t.test('the configured database comes first, then those that are there', async t => {
  const { run } = await mongo('mongosh')
  await run('run', MONGO.write(ROWS), { RCI_DATABASE: 'other' })
  const { stdout } = await run('list', '', { MONGODB_DATABASE: 'shop' })
  t.strictSame(stdout.split('\n'), ['shop', 'admin', 'config', 'local', 'other'])
})

t.test('the root password is taken from the environment or from a file', async t => {
  const { dir, run } = await mongo('mongosh')
  const asks = {
    RCI_TEST_PASSWORD: 'it has "quotes" $and spaces',
    MONGO_INITDB_ROOT_USERNAME: 'root',
  }
  const refused = await run('run', MONGO.read, asks)
  t.match(refused, { exitCode: 1, stderr: /Authentication failed/ })
  const given = { ...asks, MONGO_INITDB_ROOT_PASSWORD: asks.RCI_TEST_PASSWORD }
  t.equal((await run('run', MONGO.read, given)).exitCode, 0)
  await execa('sh', ['-c', `printf %s "$RCI" >${dir}/pw`], { env: { RCI: asks.RCI_TEST_PASSWORD } })
  const filed = { ...asks, MONGO_INITDB_ROOT_PASSWORD_FILE: join(dir, 'pw') }
  t.equal((await run('run', MONGO.read, filed)).exitCode, 0)
})

t.test('an image without a client says so', async t => {
  const { run } = await mongo('')
  t.match(await run('list'), { exitCode: NO_CLIENT, stderr: /no client: mongosh mongo/ })
})
