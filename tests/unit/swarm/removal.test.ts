import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import type { Item } from '../../../lib/swarm/census.js'
import { clear, HEAD_START_MS } from '../../../lib/swarm/removal.js'

const item = (kind: Item['kind'], id: string): Item => ({ kind, id, name: id })

t.test('what goes first is asked, and has answered, before the rest of the same look', async t => {
  const { said, asked } = await asksOf(() => Promise.resolve())
  t.equal(asked, 3)
  t.strictSame(said, ['ask c', 'ask d', 'gone c', 'gone d', 'ask s', 'gone s'])
})

t.test('the rest waits for what goes first no longer than its head start', async t => {
  const { said, asked } = await asksOf(async () => {
    await sleep(2 * HEAD_START_MS)
  })
  t.equal(asked, 3)
  t.strictSame(said, ['ask c', 'ask d', 'ask s', 'gone c', 'gone d', 'gone s'])
})

/** What is asked of a service and two containers, and when it has gone, where all take the same while to go. */
async function asksOf(goes: () => Promise<void>) {
  const said: string[] = []
  const left = new Set([item('container', 'c'), item('service', 's'), item('container', 'd')])
  const { asked } = await clear({
    list: () => Promise.resolve([...left]),
    remove: async gone => {
      said.push(`ask ${gone.id}`)
      await goes()
      left.delete(gone)
      said.push(`gone ${gone.id}`)
    },
    first: 'container',
    limitMs: 5000,
  })
  return { said, asked }
}

t.test('what is refused is told, asked again, and hinders nothing else', async t => {
  const stuck = item('network', 'n')
  const left = new Set([stuck, item('network', 'm')])
  let asked = 0
  const cleared = await clear({
    list: () => Promise.resolve([...left]),
    remove: gone => {
      if (gone !== stuck) return Promise.resolve(void left.delete(gone))
      asked += 1
      return Promise.reject(new Error('in use'))
    },
    limitMs: 250,
  })
  t.strictSame(cleared.left, [stuck])
  t.strictSame([...cleared.why], [['network n', 'in use']])
  t.ok(asked > 1)
})
