import t from 'tap'
import type { CanaryReport } from '../../../lib/domain/results.js'
import { watchData } from '../../../lib/run/watched-data.js'
import { tell } from '../../../lib/report/tell.js'
import { tierBench, type Told } from '../../support/tier-bench.js'

const place = (where: string, more: Partial<CanaryReport> = {}): CanaryReport => ({
  ...{ kind: 'file', where, covered: true, reason: null },
  ...more,
})
const data = place('volume data')
const cache = place('volume cache', { covered: false, reason: 'all mounts are read-only' })
const nfs = place('volume nfs', {
  covered: false,
  reason: 'its content lies outside of the Engine',
})

const listed = ({ emitted }: Told) =>
  emitted.flatMap(seen => (seen.type === 'canary.listed' ? [seen] : []))

t.test(
  'a place that the head brings and that cannot be covered is listed, and told once',
  async t => {
    const told = tierBench({
      reports: [
        [data, cache],
        [data, cache, nfs],
      ],
    })
    await watchData(told.bench)
    await watchData(told.bench)
    t.strictSame(listed(told), [
      { type: 'canary.listed', canaries: [data, cache], news: [data, cache] },
      { type: 'canary.listed', canaries: [data, cache, nfs], news: [nfs] },
    ])
  },
)

t.test('a list that is what it was is not given again', async t => {
  const told = tierBench({
    reports: [
      [data, cache],
      [data, cache],
    ],
  })
  await watchData(told.bench)
  await watchData(told.bench)
  t.equal(listed(told).length, 1)
})

t.test('a person is told only what no list before had', async t => {
  const told = tell({ type: 'canary.listed', canaries: [data, cache, nfs], news: [nfs] })
  t.match(told.lines, [{ text: /^not covered: file volume nfs/ }])
  t.equal(told.lines.length, 1)
})
