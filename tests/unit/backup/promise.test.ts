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

t.test('a volume of a service that is not labelled is not promised', async t => {
  const db = service('db', { mounts: mounts('rows') })
  t.strictSame(backupPromise([app(ON, 'data'), db], 'stack_rows'), { kind: 'none' })
  t.strictSame(promisedVolumes([app(ON, 'data'), db]), [{ volume: 'stack_data', paths: [] }])
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
