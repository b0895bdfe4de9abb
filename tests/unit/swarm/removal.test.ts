import t from 'tap'
import type { Item } from '../../../lib/swarm/census.js'
import { clear } from '../../../lib/swarm/removal.js'

const item = (kind: Item['kind'], id: string): Item => ({ kind, id, name: id })

t.test('what goes first is asked, and has answered, before the rest of the same look', async t => {
  const said: string[] = []
  const left = new Set([item('container', 'c'), item('service', 's'), item('container', 'd')])
  const { asked } = await clear({
    list: () => Promise.resolve([...left]),
    remove: async gone => {
      said.push(`ask ${gone.id}`)
      await Promise.resolve()
      left.delete(gone)
      said.push(`gone ${gone.id}`)
    },
    first: 'service',
    limitMs: 1000,
  })
  t.equal(asked, 3)
  t.strictSame(said, ['ask s', 'gone s', 'ask c', 'ask d', 'gone c', 'gone d'])
})

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
