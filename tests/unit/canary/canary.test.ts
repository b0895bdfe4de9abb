import t from 'tap'
import { Canary } from '../../../lib/canary/canary.js'
import { planDatabases } from '../../../lib/canary/database-plan.js'
import type { FilePlace } from '../../../lib/canary/file-place.js'
import { fileSpot } from '../../../lib/canary/file-spot.js'
import type { RowPlace } from '../../../lib/canary/row-place.js'
import { rowSpot } from '../../../lib/canary/row-spot.js'
import { createRowTurns } from '../../../lib/canary/row-turns.js'
import { planVolumes } from '../../../lib/canary/volume-plan.js'
import type { ServiceFacts } from '../../../lib/domain/stack-facts.js'
import { service } from '../../support/stack-facts.js'

const app = (readOnly: boolean): ServiceFacts =>
  service('app', {
    labels: { 'backupbot.backup': 'true' },
    mounts: [{ volume: 'stack_conf', target: '/etc/x', readOnly }],
  })
const BASE = [app(false)]
const HEAD = [app(true)]

/** A volume with one file, which takes no more of them once it cannot be written to. */
function volume(): FilePlace & { lock: () => void } {
  let content = ''
  let locked = false
  return {
    lock: () => {
      locked = true
    },
    write: async value => {
      if (locked) return { kind: 'unused', why: 'no service uses it any more' }
      content = value
      return { kind: 'found', found: { uid: 0, gid: 0, witnesses: [], sqlite: [] } }
    },
    read: async () => ({ kind: 'found', found: content }),
    allGone: async () => false,
    remove: async () => undefined,
  }
}

async function written(place: FilePlace): Promise<Canary> {
  const [plan] = planVolumes(BASE, {})
  if (plan === undefined) throw new Error('no volume')
  const canary = new Canary(fileSpot({ ...plan, file: '.canary' }, place, 'value'))
  await canary.write(BASE)
  return canary
}

t.test('a volume that became read-only is watched, and not expected back', async t => {
  const place = volume()
  const canary = await written(place)
  place.lock()
  t.match(await canary.survived(HEAD), [{ status: 'pass' }])
  await canary.change({ services: HEAD })
  t.match(await canary.restored({ services: HEAD }, false), [
    { status: 'skip', detail: 'not promised by a restore: all its mounts are read-only' },
  ])
})

t.test('one that can be written to and was not changed is unverified all the same', async t => {
  const place = volume()
  const canary = await written(place)
  place.lock()
  await canary.change({ services: BASE })
  t.match(await canary.restored({ services: BASE }, false), [{ status: 'unver' }])
})

t.test('nor are the rows of a file that became read-only', async t => {
  const [plan] = planDatabases(BASE, {})
  const no = { kind: 'unreadable', why: 'read-only' } as const
  const place: RowPlace = {
    write: async () => ({ kind: 'found', found: '/etc/x/a.db' }),
    read: async () => no,
    change: async () => no,
    drop: async () => undefined,
  }
  if (plan === undefined) throw new Error('no database')
  const canary = new Canary(
    rowSpot({ plan, database: undefined }, { place, turns: createRowTurns() }, 'value'),
  )
  await canary.write(BASE)
  const restored = (services: readonly ServiceFacts[]) => canary.restored({ services }, false)
  t.match(await restored(HEAD), [{ status: 'skip', detail: /all its mounts are read-only/ }])
  t.match(await restored(BASE), [{ status: 'unver' }])
})
