import t from 'tap'
import { canaryKit, verdicts } from '../support/canary-kit.js'

t.jobs = 2

const PG_DATA = '/var/lib/postgresql/data'
const rowsIn = (kind: string, service: string) => `rows in ${kind} of "${service}"`

t.test('PostgreSQL: rows lie in the app’s own database and belong to its role', async t => {
  const { deploy, canaries, exec, images } = await canaryKit(t)
  const db = {
    name: 'db',
    image: images.postgres,
    secrets: { password: 'not in the environment' },
    env: {
      POSTGRES_USER: 'super',
      POSTGRES_DB: 'shop',
      POSTGRES_PASSWORD_FILE: '/run/secrets/password',
    },
    health: 'pg_isready -q -h 127.0.0.1',
    healthRetries: 200,
    labels: { 'backupbot.backup': 'true' },
    volumes: { rows: PG_DATA },
  }
  await deploy(db)
  const psql = async (sql: string, user = 'super') => {
    const { stdout, stderr } = await exec('db', `psql -U ${user} -d shop -Atqc "${sql}"`)
    return `${stdout}${stderr}`.trim()
  }
  await psql('CREATE ROLE clerk LOGIN')
  await psql('GRANT CREATE ON SCHEMA public TO clerk')
  await psql('CREATE TABLE orders (id int)', 'clerk')
  // Each connection is told now that the collation may have changed, as after a change of the image.
  await psql(`UPDATE pg_database SET datcollversion = '0'`)
  t.match(await psql('SELECT 1'), /WARNING.*collation/)

  const marks = await canaries()
  t.match(marks.report(), [
    { kind: 'file', covered: true },
    { kind: 'postgres', where: 'service "db", database "shop"', covered: true, reason: null },
  ])
  const { exitCode, stderr } = await exec('db', 'pg_dump -U clerk -d shop -t recipe_ci_canary')
  t.equal(exitCode, 0, `a dump as the app’s own role works: ${stderr}`)

  const again = await deploy({ ...db, env: { ...db.env, V: '2' } })
  const rows = rowsIn('postgres', 'db')
  t.match(verdicts(await marks.survived(again)), [{}, [`survived the upgrade: ${rows}`, 'pass']])
  await marks.change()
  t.match(await psql('SELECT count(*) FROM recipe_ci_canary'), /^1\b/, 'one updated, one deleted')
  t.match(verdicts(await marks.restored()), [{}, [`restored: ${rows}`, 'fail', 'restore_lost']])

  const emptied = await psql('DROP TABLE recipe_ci_canary, orders', 'clerk')
  t.notMatch(emptied, /ERROR/, 'an app that drops all its tables can')
  t.match((await marks.survived(again))[1], {
    status: 'fail',
    cause: { class: 'data_lost', fix: /CANARY: {db: {skip: / },
  })
  await marks.drop()
  t.match(await psql('\\dt'), /^(?!.*recipe_ci)/s)
})

t.test(
  'PostgreSQL: the app’s database is found by size where the configured one is not there',
  async t => {
    const { deploy, canaries, exec, images } = await canaryKit(t)
    await deploy({
      name: 'db',
      image: images.postgres,
      env: { POSTGRES_PASSWORD: 'x', PGDATA: `${PG_DATA}/sub` },
      health: 'pg_isready -q -h 127.0.0.1',
      healthRetries: 200,
      volumes: { rows: PG_DATA },
    })
    await exec('db', 'createdb -U postgres small; createdb -U postgres big')
    await exec(
      'db',
      `psql -U postgres -d big -c 'CREATE TABLE t AS SELECT generate_series(1, 50000)'`,
    )
    const marks = await canaries()
    t.match(marks.report()[1], { where: 'service "db", database "big"', covered: true })
  },
)
