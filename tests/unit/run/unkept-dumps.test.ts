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
