import t from 'tap'
import { unkeptDumps } from '../../../lib/run/unkept-dumps.js'
import { service } from '../../support/stack-facts.js'

const ON = { 'backupbot.backup': 'true' }
const OUT = { 'backupbot.backup.volumes.db-data': 'false' }
const HOOK = { 'backupbot.backup.pre-hook': 'pg_dump -f /tmp/dump.sql notes' }
const mount = (name: string, target: string) => ({
  volume: `stack_${name}`,
  target,
  readOnly: false,
})
const DATA = [mount('db-data', '/var/lib/postgresql/data')]
const CACHE = [mount('db-data', '/data')]
const APP = service('app', { labels: ON, mounts: [mount('uploads', '/srv/uploads')] })
const found = (labels: Record<string, string>, image = 'postgres:15', mounts = DATA) =>
  unkeptDumps({ services: [APP, service('db', { image, labels, mounts })] })

t.test('a dump that nothing of goes into the backup fails', async t => {
  for (const labels of [OUT, { ...OUT, ...ON }]) {
    const [check] = found({ ...labels, ...HOOK })
    t.match(check, { status: 'fail', cause: { class: 'backup_empty', sentence: /"db"/ } })
    t.match(check?.cause?.evidence, /pg_dump -f \/tmp\/dump\.sql/)
    t.match(check?.cause?.fix, /volumes\.<volume>\.path/)
  }
  t.equal(found({ ...ON, ...HOOK }, 'postgres:15', []).length, 1, 'without any volume')
  const copy = { 'backupbot.backup.pre-hook': 'cp /data/dump.rdb /tmp' }
  t.equal(found({ ...OUT, ...copy }, 'redis:7', CACHE).length, 1)
})

t.test('what is kept, and what is no dump of a database, is none', async t => {
  t.strictSame(found(HOOK), [], 'the volume is in as a whole')
  t.strictSame(found({ ...HOOK, 'backupbot.backup.volumes.db-data.path': 'b.sql' }), [])
  t.strictSame(found({ ...OUT, ...HOOK }, 'postgres:15', [...DATA, mount('dumps', '/d')]), [])
  t.strictSame(found(OUT), [], 'no hook')
  const save = { 'backupbot.backup.pre-hook': 'redis-cli save' }
  t.strictSame(found({ ...OUT, ...save }, 'redis:7', CACHE), [], 'a cache that is left out')
  t.strictSame(found({ ...OUT, ...HOOK }, 'notes:1', [mount('db-data', '/srv')]), [])
  t.strictSame(unkeptDumps({ services: [service('db', { labels: HOOK, mounts: DATA })] }), [])
})

const WEB = [mount('uploads', '/srv/uploads')]
const OWN = [mount('mariadb', '/var/lib/mysql')]
const LEFT_OUT = { 'backupbot.backup.volumes.mariadb': 'false' }
const TO_TMP = 'mkdir -p /tmp/backup && mysqldump -h db wp > /tmp/backup/db.sql'
const entry = (path: string, bytes = 9) => ({ path: `/var/lib/docker/volumes/${path}`, bytes })
const SEEN = [entry('stack_uploads/_data/photo')]

type Given = { labels?: Record<string, string>; own?: Record<string, string>; seen?: typeof SEEN }
/** What is said of the hook of an app beside a database whose volume is left out, if `own` says so. */
const lost = (hook: string, { labels = {}, own = LEFT_OUT, seen = SEEN }: Given = {}) => {
  const all = { ...ON, 'backupbot.backup.pre-hook': hook, ...labels }
  const app = service('app', { labels: all, mounts: WEB })
  const db = service('db', { image: 'mariadb:11', labels: own, mounts: OWN })
  return unkeptDumps({ services: [app, db], held: new Set(['stack_uploads']) }, seen)
}

t.test('a dump outside of all that is backed up fails', async t => {
  const [check] = lost(TO_TMP)
  t.match(check, {
    name: 'dump of "app" is kept',
    status: 'fail',
    cause: { class: 'backup_empty' },
  })
  t.match(check?.cause?.sentence, /"app".*"\/tmp\/backup\/db\.sql"/)
  t.match(check?.cause?.fix, /volume/)
  const path = { 'backupbot.backup.path': '/tmp/backup/,/srv/uploads' }
  t.equal(lost(TO_TMP, { labels: path }).length, 1, 'a path out of the container')
  t.equal(lost(TO_TMP, { own: {} }).length, 1, 'the bot left the volume of db out')
  const toUploads = 'mysqldump -h db wp > /srv/uploads/db.sql'
  const out = { 'backupbot.backup.volumes.uploads': 'false' }
  t.equal(lost(toUploads, { labels: out }).length, 1, 'into a volume that is left out')
  const part = { 'backupbot.backup.volumes.uploads.path': 'photos' }
  t.equal(lost(toUploads, { labels: part }).length, 1, 'beside the paths that are in')
})

t.test('a dump that is in the backup, or may be, does not', async t => {
  const toUploads = 'mysqldump -h db wp > /srv/uploads/dumps/db.sql'
  t.strictSame(lost(toUploads), [])
  const part = { 'backupbot.backup.volumes.uploads.path': 'dumps' }
  t.strictSame(lost(toUploads, { labels: part }), [])
  t.strictSame(lost(TO_TMP, { own: ON }), [], 'the volume of db is in as a whole')
  t.strictSame(lost(TO_TMP, { seen: [entry('stack_x/tmp/backup/db.sql')] }), [], 'it was copied')
  t.equal(lost(TO_TMP, { seen: [entry('stack_x/tmp/backup/db.sql', 0)] }).length, 1)
  t.strictSame(lost(`${TO_TMP} && mv /tmp/backup/db.sql /srv/uploads`), [])
  t.strictSame(lost('mysqldump -h db wp > "$DUMP"'), [])
  t.strictSame(lost('drush sql-dump > /tmp/db.sql'), [])
  const app = service('app', { labels: { ...ON, 'backupbot.backup.pre-hook': TO_TMP } })
  t.strictSame(unkeptDumps({ services: [app] }, undefined), [], 'nobody could read the snapshot')
  t.equal(unkeptDumps({ services: [app] }, []).length, 1, 'of a database elsewhere')
})
