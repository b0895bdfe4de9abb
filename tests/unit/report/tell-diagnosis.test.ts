import t from 'tap'
import type { TaskReport } from '../../../lib/domain/diagnosis.js'
import { diagnosisLines } from '../../../lib/report/tell-diagnosis.js'

const task = (more: Partial<TaskReport>): TaskReport => ({
  service: 'app',
  slot: 1,
  taskId: 't',
  containerId: 'c',
  state: 'failed',
  error: '',
  exitCode: 3,
  oom: false,
  unhealthy: false,
  atMs: 0,
  lastLines: [],
  healthOutputs: [],
  ...more,
})
const told = (tasks: readonly TaskReport[]) =>
  diagnosisLines({ tasks, updates: [], events: [], gaps: [] }).map(({ text }) => text)

t.test('every attempt is a line, and the newest that said anything shows what it said', async t => {
  const first = task({ lastLines: ['old news'] })
  const second = task({ lastLines: ['no such table'], error: 'non-zero exit (3)' })
  const begun = task({ state: 'assigned', exitCode: undefined })
  t.strictSame(told([first, second, begun]), [
    'app.1 failed, exit code 3',
    'app.1 failed, exit code 3: non-zero exit (3)',
    'no such table',
    'app.1 assigned',
  ])
})

t.test('memory, health and what the health check printed are told', async t => {
  const killed = task({ oom: true, unhealthy: true, healthOutputs: ['first', 'nobody there'] })
  t.strictSame(told([killed]), [
    'app.1 failed, exit code 3, killed for want of memory, unhealthy',
    'health check: nobody there',
  ])
})

t.test('each slot has a proof of its own, and no log floods the terminal', async t => {
  const lines = Array.from({ length: 20 }, (_, at) => `line ${at}`)
  const seen = told([task({ lastLines: lines }), task({ slot: 2, lastLines: ['second'] })])
  t.equal(seen.filter(text => text.startsWith('line ')).length, 8)
  t.ok(seen.includes('line 19') && seen.includes('second'))
})
