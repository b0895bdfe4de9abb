import t from 'tap'
import { canaryKit, verdicts } from '../support/canary-kit.js'
import { sqliteImage } from '../support/sqlite-image.js'

const idle = 'trap "exit 0" TERM; sleep 3600 & wait'

t.test('SQLite: rows lie in the biggest file, and what no client can reach is told', async t => {
  const { deploy, canaries, exec, images } = await canaryKit(t)
  const image = await sqliteImage(images.web)
  const app = { name: 'app', image, run: idle, volumes: { data: '/data', cache: '/cache' } }
  const bare = { name: 'bare', image: images.web, run: idle, volumes: { lost: '/lost' } }
  const labels = { 'backupbot.backup': 'true', 'backupbot.backup.volumes.cache': 'false' }
  const services = await deploy({ ...app, labels }, bare, {
    name: 'none',
    run: idle,
    volumes: { n: '/n' },
  })
  const make = (file: string, rows: number) =>
    exec(
      'app',
      `sqlite3 ${file} 'CREATE TABLE t AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT ${rows}) SELECT i FROM n'`,
    )
  await exec('app', 'mkdir /data/sub; chown -R 33:33 /data; printf SQLite >/data/false.db')
  await make('/data/sub/app.sqlite3', 5000)
  await make('/cache/small.db', 1)
  await exec('app', 'chown 33:33 /data/sub/app.sqlite3')
  await exec('bare', `printf 'SQLite format 3\\0 and so on' >/lost/x.db`)
  const marks = await canaries()
  const told = marks.report().filter(({ kind }) => kind === 'sqlite')
  t.match(told, [
    { where: 'service "app", database "/data/sub/app.sqlite3"', covered: true, reason: null },
    { where: 'service "bare"', covered: false, reason: /no client: sqlite3/ },
  ])
  t.equal(told.length, 2, 'a service without such a file is not worth a word')
  const { stdout } = await exec('app', 'ls -ln /data/sub')
  t.notMatch(stdout, / 0 0 /, 'nothing of root’s lies beside the app’s file')
  const rows = 'rows in sqlite of "app"'
  const survived = verdicts(await marks.survived(services))
  t.match(
    survived.find(([name]) => name?.includes(rows)),
    [/survived/, 'pass'],
  )
  await exec('app', 'rm /data/sub/app.sqlite3', '0')
  t.match(
    (await marks.survived(services)).find(({ name }) => name.includes(rows)),
    {
      status: 'fail',
      cause: { class: 'data_lost', evidence: /no such file/ },
    },
  )
})
