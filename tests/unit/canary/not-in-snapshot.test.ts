import t from 'tap'
import { createCanaries } from '../../../lib/canary/canaries.js'
import { readStack } from '../../../lib/swarm/stack.js'
import { verdicts } from '../../support/canary-kit.js'
import { cannedStack } from '../../support/canned-stack.js'

const ROWS = 'restored: rows in sqlite of "app"'

/** An app that makes its SQLite file, and a service of its own, when `late` says so. */
async function watched() {
  const sqlite: Record<string, string> = {}
  const canned = cannedStack({ sqlite })
  const { engine, stack, deploy } = canned
  deploy({ app: { volumes: { data: '/data' }, labels: { 'backupbot.backup': 'true' } } })
  const services = await readStack(engine, stack)
  const emit = () => undefined
  const meta = { canary: {} }
  const canaries = createCanaries({ engine, stack, runId: 'r', services, meta, emit })
  await canaries.write()
  const late = async () => {
    sqlite['data'] = 'app.db'
    deploy({ more: { volumes: { more: '/more' } } })
    await canaries.refresh(await readStack(engine, stack))
  }
  const fresh = async () => verdicts(await canaries.restored({ fresh: true }))
  return { canaries, late, fresh }
}

const FILE = ['restored: file in volume "data"', 'pass']

t.test('a canary that was written after the backup proves nothing of a restore', async t => {
  const { canaries, late, fresh } = await watched()
  canaries.backedUp(undefined)
  await late()
  t.match(canaries.report(), { length: 3 }, 'they lie there')
  t.strictSame(await fresh(), [FILE])
})

t.test('one that was written before it does', async t => {
  const { canaries, late, fresh } = await watched()
  await late()
  canaries.backedUp(undefined)
  const names = (await fresh()).map(([name]) => name)
  t.strictSame(names.sort(), [
    'restored: file in volume "data"',
    'restored: file in volume "more"',
    ROWS,
  ])
})
