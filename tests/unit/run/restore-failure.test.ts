import t from 'tap'
import { ONLY_WHEN_EMPTY, restoreFailure } from '../../../lib/run/restore-failure.js'
import { firstCause } from '../../../lib/verdict/first-cause.js'

const why = (output: string, said = 'failed to exec restore: exit status 1') =>
  restoreFailure({ said, ended: 'exited', output })

// What the programs print, as they print it.
const THERE = [
  'psql:/backup.sql:24: ERROR:  relation "notes" already exists',
  'ERROR:  duplicate key value violates unique constraint "notes_pkey"',
  "ERROR 1050 (42S01) at line 22: Table 'orders' already exists",
  "ERROR 1062 (23000) at line 5: Duplicate entry '1' for key 'PRIMARY'",
  "ERROR 1007 (HY000): Can't create database 'shop'; database exists",
  'Error: near line 3: table orders already exists',
  'Runtime error near line 4: UNIQUE constraint failed: orders.id (19)',
  'continuing through error: E11000 duplicate key error collection: shop.orders index: _id_',
  "mkdir: can't create directory '/data': File exists",
]

t.test('a hook that meets the data it should replace is told from one that fails', async t => {
  for (const line of THERE) {
    t.match(why(`start\r\n${line}\r\nend`), { class: 'restore_not_in_place', evidence: line }, line)
  }
  t.match(why('psql: error: connection refused'), { class: 'restore_lost' })
  t.match(why('No space left on device', 'no space left on device'), { class: 'disk_full' })
})

// What they print beside a failure of another kind.
const HARMLESS = [
  'psql:/backup.sql:12: NOTICE:  extension "pg_trgm" already exists, skipping',
  'NOTICE:  relation "notes" already exists, skipping',
  'NOTICE:  schema "public" already exists',
  'Fatal: create repository at /backups/restic failed: config file already exists',
]

t.test('what a tool passes over is no data that stands in the way', async t => {
  for (const line of HARMLESS) {
    t.match(why(`start\r\n${line}\r\npsql: error: connection refused`), { class: 'restore_lost' })
    t.match(why('', `failed to exec restore: exit status 1: ${line}`), { class: 'restore_lost' })
    t.match(why(`${line}\n${THERE[0] ?? ''}`), { class: 'restore_not_in_place' }, 'beside one')
  }
})

t.test('the line is found in a log of JSON as well', async t => {
  const log = `{"level": "error", "message": "post-hook failed: begin\\r\\n${THERE[0]?.replaceAll('"', '\\"') ?? ''}\\r\\nend"}`
  t.match(why(log).evidence, /^psql.*already exists$/)
})

t.test('the first cause counts; a lost restore gives way to the better word for it', async t => {
  const lost = why('')
  const other = { ...lost, class: 'not_serving' } as const
  t.equal(firstCause(undefined, lost), lost)
  t.equal(firstCause(lost, other), lost)
  t.equal(firstCause(lost, ONLY_WHEN_EMPTY), ONLY_WHEN_EMPTY)
  t.equal(firstCause(other, ONLY_WHEN_EMPTY), other)
  t.equal(firstCause(lost, undefined), lost)
})
