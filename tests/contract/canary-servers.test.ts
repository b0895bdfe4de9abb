import t from 'tap'
import { canaryKit, verdicts } from '../support/canary-kit.js'

t.jobs = 2

const rowsIn = (kind: string, service: string) => `rows in ${kind} of "${service}"`

const mariadb = (arrange: string) => ({
  name: 'db',
  user: 'root',
  // One client of the two, as older and newer images have it.
  run: `${arrange}; exec setpriv --reuid=72 --regid=72 --clear-groups sh /usr/local/bin/entrypoint.sh`,
  health: 'mariadb-admin ping -h 127.0.0.1 || mysqladmin ping -h 127.0.0.1',
  healthRetries: 200,
  volumes: { rows: '/var/lib/mysql' },
})

const MARIADBS = [
  {
    without: 'mariadb',
    arrange: 'mv /usr/bin/mariadb /usr/bin/mysql',
    secrets: { pw: 'a secret of the app' },
    env: {
      MYSQL_DATABASE: 'shop',
      MYSQL_USER: 'clerk',
      MYSQL_PASSWORD_FILE: '/run/secrets/pw',
      MYSQL_ROOT_PASSWORD: 'unused',
    },
  },
  {
    without: 'mysql',
    arrange: 'rm /usr/bin/mysql',
    secrets: { pw: 'the password of root' },
    env: { MYSQL_DATABASE: 'shop', MYSQL_ROOT_PASSWORD_FILE: '/run/secrets/pw' },
  },
]
for (const { without, arrange, secrets, env } of MARIADBS) {
  t.test(`MariaDB: rows are written without a program called ${without}`, async t => {
    const { deploy, canaries, exec, images } = await canaryKit(t)
    const db = { ...mariadb(arrange), image: images.mariadb, secrets, env }
    await deploy(db)
    const marks = await canaries()
    t.match(marks.report()[1], { kind: 'mysql', where: /database "shop"/, covered: true })
    const again = await deploy({ ...db, env: { ...db.env, V: '2' } })
    const rows = rowsIn('mysql', 'db')
    t.match(verdicts(await marks.survived(again)), [{}, [`survived the upgrade: ${rows}`, 'pass']])
    const sql = `$(command -v mariadb || command -v mysql) -u root -p"$(cat /run/secrets/pw)$MYSQL_ROOT_PASSWORD" shop`
    await exec(
      'db',
      `echo 'DROP DATABASE shop; CREATE DATABASE shop' | ${sql.replace('$(cat /run/secrets/pw)', without === 'mysql' ? '$(cat /run/secrets/pw)' : '')}`,
    )
    t.match((await marks.survived(again))[1], { status: 'fail', cause: { class: 'data_lost' } })
    await marks.drop()
  })
}

t.test('Redis: with a volume it is watched through an upgrade, without it is not', async t => {
  const { deploy, canaries, images } = await canaryKit(t)
  // Nothing but SAVE writes to disk here.
  const run = `exec redis-server --dir /data --save '' --requirepass "$(cat /run/secrets/pw)"`
  const kept = {
    name: 'kept',
    image: images.redis,
    run,
    secrets: { other: 'without an end of line', pw: 'of redis' },
  }
  const services = [
    { ...kept, labels: { 'backupbot.backup': 'true' }, volumes: { q: '/data' } },
    { ...kept, name: 'cache' },
  ] as const
  await deploy(...services)
  const marks = await canaries()
  t.match(marks.report(), [
    { kind: 'file', covered: true },
    { kind: 'redis', where: 'service "cache"', covered: false, reason: /not a named volume/ },
    { kind: 'redis', where: /service "kept"/, covered: true, reason: /not promised.*cache/ },
  ])
  const again = await deploy(...services.map(each => ({ ...each, env: { V: '2' } })))
  const rows = rowsIn('redis', 'kept')
  t.match(verdicts(await marks.survived(again)), [{}, [`survived the upgrade: ${rows}`, 'pass']])
  await marks.change()
  t.match(verdicts(await marks.restored())[1], [`restored: ${rows}`, 'skip'])
})
