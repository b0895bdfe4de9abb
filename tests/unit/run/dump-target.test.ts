import t from 'tap'
import { dumpTargets } from '../../../lib/run/dump-target.js'

const paths = (hook: string) => dumpTargets(hook).map(({ path }) => path)

t.test('a dump goes where its option or its output says', async t => {
  const known = {
    'mysqldump -h db wp > /tmp/backup/db.sql': ['/tmp/backup/db.sql'],
    'mkdir -p /tmp/b && mariadb-dump wp >>/tmp/b/db.sql 2>/tmp/b/err': ['/tmp/b/db.sql'],
    "bash -c 'set -o pipefail; pg_dump -h db notes | gzip > /tmp/dump.sql.gz'": [
      '/tmp/dump.sql.gz',
    ],
    'sh -c "mysqldump wp -p$(cat /run/secrets/p) >/dump.sql"': ['/dump.sql'],
    'PGPASSWORD="$(cat /run/secrets/p)" pg_dump -U me -f "/tmp/a.sql" notes > /data/log': [
      '/tmp/a.sql',
    ],
    'pg_dump --file=/tmp/a.sql notes || exit 1; echo done': ['/tmp/a.sql'],
    'pg_dumpall --file /tmp/a.sql': ['/tmp/a.sql'],
    'mysqldump -f --result-file=/tmp/a.sql wp': ['/tmp/a.sql'],
    'mysqldump wp 1> /tmp/a.sql 2>&1': ['/tmp/a.sql'],
    'pg_dump a > /tmp/a.sql && pg_dump b > /data/b.sql': ['/tmp/a.sql', '/data/b.sql'],
    'mongodump --archive=/tmp/a.gz --gzip': ['/tmp/a.gz'],
    'mongodump -o /tmp/dump': ['/tmp/dump'],
  }
  for (const [hook, wanted] of Object.entries(known)) t.strictSame(paths(hook), wanted, hook)
  t.match(dumpTargets('mysqldump wp >/tmp/x'), [{ kind: 'mysql' }])
})

t.test('where it goes is not known', async t => {
  const unknown = [
    '',
    'pg_dump notes',
    'pg_dump notes > dump.sql',
    'pg_dump notes > "$DUMP"',
    'pg_dump notes > /tmp/"$NAME".sql',
    'pg_dump notes > /tmp/$(date +%F).sql',
    'pg_dump -f "$DUMP" notes > /tmp/log',
    'pg_dump notes > /dev/stdout',
    'pg_dump notes 2> /tmp/err',
    'pg_dump notes >&2',
    'pg_dump notes | restic backup --stdin > /tmp/log',
    'pg_dump notes | tee /data/dump.sql > /tmp/dump.sql',
    'pg_dump notes > /tmp/x && mv /tmp/x /data/',
    'pg_dump notes > /tmp/x; cd /tmp && cp x /data',
    'pg_dump notes > /tmp/x && /upload.sh',
    'pg_dump notes > /tmp/x & wait; tar cf /data/x.tar /tmp',
    'ln -s /data /tmp/b; pg_dump notes > /tmp/b/x',
    'trap "mv /tmp/x /data" EXIT; pg_dump notes > /tmp/x',
    'echo "pg_dump begins" > /tmp/log',
    'which pg_dump > /tmp/log',
    'redis-cli save > /tmp/log',
    '/pg_backup.sh backup > /tmp/log',
  ]
  for (const hook of unknown) t.strictSame(paths(hook), [], hook)
})
