import t from 'tap'
import {
  backupCapable,
  backupPromise,
  isBackedUp,
  promisedVolumes,
} from '../../../lib/backup/promise.js'
import type { ServiceFacts } from '../../../lib/domain/stack-facts.js'
import { service } from '../../support/stack-facts.js'

const ON = { 'backupbot.backup': 'true' }
const mounts = (...names: string[]) =>
  names.map(name => ({ volume: `stack_${name}`, target: `/srv/${name}`, readOnly: false }))
const app = (labels: Record<string, string>, ...volumes: string[]): ServiceFacts =>
  service('app', { labels, mounts: mounts(...volumes) })

t.test('a volume is promised whole, in part, or not at all, as the labels say', async t => {
  const of = (labels: Record<string, string>, ...more: ServiceFacts[]) =>
    backupPromise([app(labels, 'data'), ...more], 'stack_data')
  t.strictSame(of({}), { kind: 'none' })
  t.strictSame(of({ 'backupbot.backup': 'false' }), { kind: 'none' })
  t.strictSame(of(ON), { kind: 'whole' })
  const out = { 'backupbot.backup.volumes.data': 'false' }
  t.strictSame(of({ ...ON, ...out }), { kind: 'excluded' })
  t.strictSame(of(ON, service('db', { labels: out })), { kind: 'excluded' }, 'by any service')
  t.strictSame(of({ ...ON, 'backupbot.backup.volumes.data.path': ' a.sql , /sub/dir/ ' }), {
    kind: 'paths',
    paths: ['a.sql', 'sub/dir'],
  })
  t.strictSame(of({ ...ON, 'backupbot.backup.volumes.data.path': '/' }), { kind: 'whole' })
  t.strictSame(of({ ...ON, 'backupbot.backup.volumes.other': 'false' }), { kind: 'whole' })
})

const ROWS = { volume: 'stack_rows', paths: [], hooked: false }
const PATH = { 'backupbot.backup.volumes.rows.path': 'backup.sql' }

t.test('one label turns backups on for the volumes of the whole stack', async t => {
  const of = (labels: Record<string, string>) =>
    backupPromise(
      [app(ON, 'data'), service('db', { labels, mounts: mounts('rows') })],
      'stack_rows',
    )
  t.strictSame(of({}), { kind: 'whole' })
  t.strictSame(of({ 'backupbot.backup.volumes.rows': 'false' }), { kind: 'excluded' })
  t.strictSame(of(PATH), { kind: 'paths', paths: ['backup.sql'] })
  t.strictSame(of({ 'backupbot.backup.path': '/srv/rows/a.sql' }), {
    kind: 'paths',
    paths: ['a.sql'],
  })
  const worker = service('worker', { mounts: mounts('cache') })
  const out = { ...ON, 'backupbot.backup.volumes.cache': 'false' }
  t.strictSame(backupPromise([app(out, 'data'), worker], 'stack_cache'), { kind: 'excluded' })
  t.strictSame(backupPromise([app({}, 'data'), worker], 'stack_cache'), { kind: 'none' })
  t.strictSame(backupPromise([app(ON)], 'stack_cache'), { kind: 'none' }, 'nobody mounts it')
})

t.test('a volume that nothing but the one label promises is left to the bot', async t => {
  const held = new Set(['stack_data'])
  const of = (labels: Record<string, string>, more: Record<string, string> = {}) => {
    const db = service('db', { labels, mounts: mounts('rows') })
    return backupPromise([app({ ...ON, ...more }, 'data'), db], 'stack_rows', held)
  }
  t.strictSame(of({}), { kind: 'none' }, 'bots that take only labelled services leave it out')
  t.strictSame(of(ON), { kind: 'whole' })
  t.strictSame(of(PATH), { kind: 'paths', paths: ['backup.sql'] }, 'a path is a promise')
  t.strictSame(of({}, PATH), { kind: 'paths', paths: ['backup.sql'] }, 'on any service')
  t.strictSame(of({}, { 'backupbot.backup.volumes.rows': 'true' }), { kind: 'whole' })
  for (const hook of ['backup.pre-hook', 'backup.post-hook', 'restore.pre-hook'])
    t.strictSame(of({ [`backupbot.${hook}`]: 'run' }), { kind: 'whole' }, 'so is a hook')
  const stack = [app(ON, 'data'), service('db', { mounts: mounts('rows') })]
  t.strictSame(promisedVolumes(stack, held), [{ volume: 'stack_data', paths: [], hooked: false }])
  t.strictSame(promisedVolumes(stack, new Set(['stack_rows']))[1], ROWS, 'this bot took it')
  t.strictSame(promisedVolumes(stack)[1], ROWS, 'nobody knows yet')
})

t.test('a volume that a labelled service mounts too is what that one says', async t => {
  const path = { ...ON, 'backupbot.backup.path': '/srv/data/dump.sql' }
  const worker = service('worker', { mounts: mounts('data') })
  t.strictSame(backupPromise([app(path, 'data'), worker], 'stack_data'), {
    kind: 'paths',
    paths: ['dump.sql'],
  })
})

t.test('the older label names absolute paths in the container', async t => {
  const of = (path: string, ...volumes: string[]) =>
    backupPromise([app({ ...ON, 'backupbot.backup.path': path }, ...volumes)], 'stack_data')
  t.strictSame(of('/srv/data', 'data'), { kind: 'whole' })
  t.strictSame(of('/srv', 'data'), { kind: 'whole' }, 'a folder above it')
  t.strictSame(of('/srv/data/dump.sql', 'data'), { kind: 'paths', paths: ['dump.sql'] })
  t.strictSame(of('/srv/database', 'data'), { kind: 'none' }, 'one whose name begins alike')
  t.strictSame(of('/srv/other', 'data', 'other'), { kind: 'none' })
  t.strictSame(of('', 'data'), { kind: 'whole' }, 'an empty one says nothing')
})

t.test('the container’s own labels count, those of the service come first', async t => {
  const one = (labels: Record<string, string>, containerLabels: Record<string, string>) =>
    isBackedUp(service('app', { labels, containerLabels }))
  t.ok(one({}, ON))
  t.notOk(one({ 'backupbot.backup': 'false' }, ON))
  t.notOk(one({}, { 'backupbot.backup': '${ENABLE_BACKUPS}' }), 'never filled in')
  t.notOk(backupCapable([]))
})

t.test('a volume that several services mount is promised once', async t => {
  const second = service('worker', { labels: ON, mounts: mounts('data') })
  t.equal(promisedVolumes([app(ON, 'data'), second]).length, 1)
})

t.test('a promise tells whether a service that mounts the volume dumps by a hook', async t => {
  const hook = { 'backupbot.backup.pre-hook': 'pg_dump notes' }
  const db = service('db', { labels: { ...hook, ...PATH }, mounts: mounts('rows') })
  const of = (...more: ServiceFacts[]) => promisedVolumes([app(ON, 'data'), ...more])
  t.match(of(db)[1], { volume: 'stack_rows', paths: ['backup.sql'], hooked: true })
  t.match(of(db)[0], { volume: 'stack_data', hooked: false }, 'the hook of another service')
})
