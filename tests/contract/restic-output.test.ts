import { readFileSync } from 'node:fs'
import t from 'tap'
import {
  isNew,
  isOf,
  readEntries,
  readHead,
  readSnapshots,
  sameSnapshot,
  savedSnapshot,
  takenSnapshot,
} from '../../lib/backup/restic-output.js'

// Printed by restic 0.14.0: two snapshots of one app by host, one of another by tag, one by path alone.
const recorded = (name: string): string =>
  readFileSync(new URL(`recordings/${name}`, import.meta.url), 'utf8')

const APP = { domain: 'note-3fa9c1.ci.example.org', stack: 'note-3fa9c1_ci_example_org' }
const OTHER = { domain: 'othe-111111.ci.example.org', stack: 'othe-111111_ci_example_org' }
const LATEST = 'b9bb05b6'
const DATA = '/var/lib/docker/volumes/note-3fa9c1_ci_example_org_data/_data'

const undated = (id: string) => ({ id, owner: undefined, atMs: undefined })
const short = (ids: readonly { id: string }[]): string[] => ids.map(({ id }) => id.slice(0, 8))

t.test('snapshots are listed oldest first, from JSON as from the table', async t => {
  const json = readSnapshots(recorded('restic-snapshots.json'))
  const table = readSnapshots(recorded('restic-snapshots.txt'))
  t.strictSame(short(json), short(table))
  t.equal(json.length, 4)
  t.equal(json[1]?.id.slice(0, 8), LATEST)
  t.strictSame(readSnapshots(recorded('restic-snapshots-none.json')), [])
  t.strictSame(readSnapshots('null\n'), [])
  t.strictSame(readSnapshots('repository 1234abcd opened\n0 snapshots\n'), [])
})

t.test('the newest of several snapshots is the last, in whatever order they come', async t => {
  const list = JSON.parse(recorded('restic-snapshots.json')) as unknown[]
  t.strictSame(
    short(readSnapshots(JSON.stringify(list.toReversed()))),
    short(readSnapshots(JSON.stringify(list))),
  )
})

t.test('a snapshot is an app’s by host, by tag or by the volumes in it', async t => {
  const json = readSnapshots(recorded('restic-snapshots.json'))
  t.equal(json.filter(snapshot => isOf(snapshot, APP)).length, 4, 'the other’s has its volume')
  t.equal(json.filter(snapshot => isOf(snapshot, OTHER)).length, 1)
  const stranger = { domain: 'note-000000.ci.example.org', stack: 'note-000000_ci_example_org' }
  t.equal(json.filter(snapshot => isOf(snapshot, stranger)).length, 0)
  const table = readSnapshots(recorded('restic-snapshots.txt'))
  t.equal(table.filter(snapshot => isOf(snapshot, stranger)).length, 4, 'a list made for one app')
})

t.test('a snapshot named in full and by eight digits is one', async t => {
  const [first, second] = readSnapshots(recorded('restic-snapshots.json')).map(({ id }) => id)
  t.ok(sameSnapshot(second ?? '', LATEST))
  t.notOk(sameSnapshot(first ?? '', LATEST))
  const now = [first?.slice(0, 8) ?? '', LATEST].map(undated)
  const before = { ids: [first ?? ''], atMs: undefined }
  t.equal(takenSnapshot({ before, now, said: undefined }), LATEST)
})

t.test('a snapshot that was begun before the backup is not the backup’s', async t => {
  const [, older, , newest] = readSnapshots(recorded('restic-snapshots.json'))
  const atMs = newest?.atMs ?? 0
  t.ok(newest && isNew(newest, { ids: [], atMs }), 'begun in the very same moment')
  t.ok(newest && isNew(newest, { ids: [], atMs: atMs + 1000 }), 'by a clock that is behind')
  t.notOk(newest && isNew(newest, { ids: [], atMs: atMs + 1001 }))
  t.notOk(newest && isNew(newest, { ids: [newest.id.slice(0, 8)], atMs }), 'it was there')
  t.ok(older && isNew(older, { ids: [], atMs: undefined }), 'listed right before: none is too old')
})

t.test('a listing of files says whose snapshot it is, and when that was begun', async t => {
  const head = readHead(recorded('restic-ls.json'))
  t.equal(head?.id.slice(0, 8), LATEST)
  t.ok(head && isOf(head, APP))
  t.type(head?.atMs, 'number')
  t.equal(readHead(recorded('restic-ls.txt')), undefined)
})

t.test('a backup says which snapshot it saved', async t => {
  t.equal(savedSnapshot(recorded('restic-backup.txt')), '0890230b')
  t.equal(savedSnapshot(recorded('restic-backup-2.json')), LATEST)
  t.equal(savedSnapshot('{"level":"info","snapshot_id":"b9bb05b6"}'), LATEST)
  t.equal(savedSnapshot('no parent snapshot found, will read all files'), undefined)
})

const FILES = [
  { path: `${DATA}/a.txt`, bytes: 3 },
  { path: `${DATA}/backup.sql`, bytes: 0 },
  { path: `${DATA}/sub/two words`, bytes: 2 },
]

const isFile = (entry: { isFolder?: boolean }) => entry.isFolder !== true

t.test('a snapshot’s regular files are read with their sizes', async t => {
  t.strictSame(readEntries(recorded('restic-ls.json'), LATEST)?.filter(isFile), FILES)
  t.strictSame(readEntries(recorded('restic-ls-long.txt'), LATEST)?.filter(isFile), FILES)
  const noise = `{"level":"info"}\nplain\n${recorded('restic-ls.json')}`
  t.strictSame(readEntries(noise, LATEST)?.filter(isFile), FILES)
})

t.test('folders are told from files, in both forms', async t => {
  const folders = (name: string) =>
    (readEntries(recorded(name), LATEST) ?? []).flatMap(({ path, isFolder }) =>
      isFolder === true ? [path] : [],
    )
  t.ok(folders('restic-ls.json').includes(`${DATA}/sub`))
  t.strictSame(folders('restic-ls.json'), folders('restic-ls-long.txt'))
})

t.test('the snapshot of a backup is new, and the one it named where several are', async t => {
  const taken = (ids: string[] | undefined, now: string[] | undefined, said?: string) =>
    takenSnapshot({ before: ids && { ids, atMs: undefined }, now: now?.map(undated), said })
  t.equal(taken([], ['aaaaaaaa', 'bbbbbbbb']), 'bbbbbbbb', 'the newest')
  t.equal(taken([], ['aaaaaaaa', 'bbbbbbbb'], 'aaaaaaaa'), 'aaaaaaaa', 'of another’s beside it')
  t.equal(taken(['aaaaaaaa'], ['aaaaaaaa'], 'aaaaaaaa'), undefined, 'an old one is none')
  t.equal(taken(['aaaaaaaa'], ['aaaaaaaa', 'bbbbbbbb'], 'cccccccc'), 'bbbbbbbb')
  t.equal(taken(undefined, ['aaaaaaaa'], 'cccccccc'), 'cccccccc', 'nobody can list them')
  t.equal(taken(undefined, undefined), undefined)
})

t.test('what does not say sizes, or is of another snapshot, says nothing', async t => {
  t.equal(readEntries(recorded('restic-ls.txt'), LATEST), undefined)
  t.equal(readEntries(recorded('restic-ls-absent.txt'), '00000000'), undefined)
  t.equal(readEntries(recorded('restic-ls.json'), '00000000'), undefined)
  t.equal(readEntries(recorded('restic-ls-long.txt'), '00000000'), undefined)
  t.equal(readEntries('', LATEST), undefined)
})
