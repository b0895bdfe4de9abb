import t from 'tap'
import type { Bench } from '../../../lib/run/bench.js'
import { staysUp } from '../../../lib/run/stays-up.js'

t.test('what has converged is asked whether it stays, not whether it comes up', async t => {
  const asked: unknown[] = []
  const settled = (options: unknown) => {
    asked.push(options)
    return Promise.resolve({ state: 'converged', services: [], ms: 1 })
  }
  const bench = {
    facts: { meta: { deployTimeoutMs: 9 } },
    progress: { standing: { settled }, services: [], convergedAtMs: 0 },
    ports: {
      phases: { in: (_: string, act: (floor: object) => unknown) => act({ add: () => undefined }) },
      emit: () => undefined,
      signal: new AbortController().signal,
    },
  }
  await staysUp(bench as unknown as Bench, 'install')
  t.strictSame(asked, [{ deadlineMs: 9, op: 'none' }])
})
