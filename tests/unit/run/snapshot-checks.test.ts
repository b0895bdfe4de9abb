import t from 'tap'
import {
  heldParts,
  heldVolumes,
  snapshotChecks,
  type SnapshotFacts,
} from '../../../lib/run/snapshot-checks.js'
import { service } from '../../support/stack-facts.js'

const ROOT = '/var/lib/docker/volumes'
const DATA = { volume: 'stack_data', paths: [], hooked: false }
const DUMP = { volume: 'stack_db', paths: ['backup.sql'], hooked: true }
const MARK = { volume: 'stack_data', file: '.recipe-ci-canary-1' }
const file = (path: string, bytes: number) => ({ path: `${ROOT}/${path}`, bytes })
const folder = (path: string) => ({ path: `${ROOT}/${path}`, bytes: 0, isFolder: true })
const GOOD = [
  folder('stack_data'),
  file('stack_data/_data/.recipe-ci-canary-1', 30),
  file('stack_data/_data/photo', 5),
  file('stack_db/_data/backup.sql', 9),
]

const look = (facts: Partial<SnapshotFacts>) =>
  snapshotChecks({ id: 'b9bb05b6', entries: GOOD, promised: [DATA, DUMP], marks: [MARK], ...facts })
const bad = (facts: Partial<SnapshotFacts>) =>
  look(facts)
    .filter(({ status }) => status !== 'pass')
    .map(({ name, status, cause }) => [name, status, cause?.class])
const without = (part: string) => GOOD.filter(({ path }) => !path.includes(part))

t.test('a snapshot that holds all that the labels promise passes, with the bytes seen', async t => {
  t.strictSame(bad({}), [])
  t.match(look({})[3], { name: 'snapshot holds stack_db/backup.sql', detail: '1 files, 9 bytes' })
  t.strictSame(heldParts([DATA, DUMP], GOOD), [
    { part: 'stack_data', files: 2, bytes: 35 },
    { part: 'stack_db/backup.sql', files: 1, bytes: 9 },
  ])
})

t.test('no new snapshot fails, one that nobody can read is unverified', async t => {
  t.strictSame(bad({ id: undefined }), [['new snapshot', 'fail', 'backup_failed']])
  t.strictSame(bad({ entries: undefined }), [['snapshot holds data', 'unver', 'not_verified']])
})

t.test('canaries and empty files alone are no data', async t => {
  const entries = [
    file('stack_data/_data/.recipe-ci-canary-1', 30),
    file('stack_data/_data/empty', 0),
  ]
  t.strictSame(bad({ entries, promised: [] }), [['snapshot holds data', 'fail', 'backup_empty']])
  t.strictSame(bad({ entries: [], promised: [], marks: [] }), [
    ['snapshot holds data', 'fail', 'backup_empty'],
  ])
})

t.test('a promised path that is missing, or a dump of no bytes, fails', async t => {
  const gone = [['snapshot holds stack_db/backup.sql', 'fail', 'backup_empty']]
  t.strictSame(bad({ entries: without('backup.sql') }), gone)
  const entries = [...without('backup.sql'), file('stack_db/_data/backup.sql', 0)]
  t.strictSame(bad({ entries }), gone)
  const alike = [...without('backup.sql'), file('stack_db/_data/backup.sql.old', 4)]
  t.strictSame(bad({ entries: alike }), gone, 'a name that begins alike is another')
})

t.test('a promised folder may be empty: nothing is known, nothing is wrong', async t => {
  const media = [{ volume: 'stack_data', paths: ['media'], hooked: true }]
  const entries = [...GOOD, folder('stack_data/_data/media')]
  t.strictSame(bad({ entries, promised: media }), [
    ['snapshot holds stack_data/media', 'skip', undefined],
  ])
  t.match(bad({ promised: media }), [[/media/, 'fail', 'backup_empty']], 'unless it is not there')
})

t.test('a folder that a hook dumps into must not hold files of no bytes alone', async t => {
  const found = (hooked: boolean, ...names: string[]) => {
    const dumps = names.map(name => file(`stack_db/_data/dumps/${name}`, 0))
    const entries = [...GOOD, folder('stack_db/_data/dumps'), ...dumps]
    return bad({ entries, promised: [{ volume: 'stack_db', paths: ['dumps'], hooked }] })
  }
  t.match(found(true, 'db.sql'), [['snapshot holds stack_db/dumps', 'fail', 'backup_empty']])
  t.match(found(true, 'a/db.sql', '.keep'), [[/dumps/, 'fail']])
  t.match(found(true), [[/dumps/, 'skip']], 'nothing was dumped')
  t.match(found(true, '.gitkeep'), [[/dumps/, 'skip']], 'a hidden file is no dump')
  t.match(found(false, 'db.sql'), [[/dumps/, 'skip']], 'without a hook it is no dump')
})

t.test('a folder of empty files beside a dump is none', async t => {
  const found = (bytes: number, volume = 'stack_db') => {
    const dump = file(`${volume}/_data/dump.sql`, bytes)
    const entries = [...GOOD, dump, folder('stack_db/_data/uploads')]
    const promised = [{ volume: 'stack_db', paths: ['dump.sql', 'uploads'], hooked: true }]
    return bad({ entries: [...entries, file('stack_db/_data/uploads/index.html', 0)], promised })
  }
  t.match(found(9999), [['snapshot holds stack_db/uploads', 'skip', undefined]])
  t.match(found(0), [
    [/dump\.sql/, 'fail'],
    [/uploads/, 'fail'],
  ])
  t.match(
    found(9999, 'stack_data'),
    [
      [/dump\.sql/, 'fail'],
      [/uploads/, 'fail'],
    ],
    'of another',
  )
})

t.test('a volume that lacks the file we put into it was left out', async t => {
  const entries = without('stack_data')
  const promised = [DATA]
  t.match(bad({ entries, promised }), [['snapshot holds stack_data', 'fail', 'backup_empty']])
  t.match(bad({ entries: without('canary'), promised }), [[/stack_data/, 'fail']])
  t.match(bad({ entries, promised, marks: [] }), [[/stack_data/, 'skip', undefined]])
})

t.test('the data of one volume is not taken for another’s', async t => {
  const promised = [{ volume: 'stack_data', paths: ['backup.sql'], hooked: false }]
  t.match(bad({ promised }), [[/stack_data\/backup.sql/, 'fail']])
})

t.test('a snapshot holds a volume if anything of it is in there', async t => {
  const mounts = ['stack_data', 'stack_db', 'stack_d'].map(volume => ({
    volume,
    target: `/srv/${volume}`,
    readOnly: false,
  }))
  const services = [service('app', { mounts })]
  t.strictSame([...heldVolumes(services, GOOD)], ['stack_data', 'stack_db'])
  t.strictSame([...heldVolumes(services, [folder('stack_d')])], ['stack_d'], 'an empty folder')
})
