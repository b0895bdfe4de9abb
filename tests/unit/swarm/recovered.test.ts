import t from 'tap'
import type { StackFacts, TaskFacts } from '../../../lib/domain/stack-facts.js'
import { extendHistory } from '../../../lib/swarm/convergence-history.js'
import { decide } from '../../../lib/swarm/convergence-verdict.js'
import { bestGuess } from '../../../lib/swarm/doomed.js'
import { hasOutlived, type Recovery } from '../../../lib/swarm/doomed-recovered.js'
import {
  container,
  ended,
  HEALTHCHECK,
  historyOf,
  look,
  service,
  task,
} from '../../support/stack-facts.js'

const app = service('app', { healthcheck: HEALTHCHECK })
const db = service('db', { healthcheck: HEALTHCHECK })
const services = [app, db]

/** What the Engine's clock shows when the watch opens. */
const OPENED = 1_000_000_000
const DELAY = 5_000

/** Attempts that end one after the other, each after it lived for so long; the first begins so long after the opening. */
function ends(from: number, livedMs: number, count: number): readonly TaskFacts[] {
  return Array.from({ length: count }, (_, nr) => {
    const createdAtMs = OPENED + from + nr * (livedMs + DELAY)
    return ended('app', `t${nr}`, { exitCode: 1, createdAtMs, atMs: createdAtMs + DELAY + livedMs })
  })
}

const runs = (sinceMs: number) =>
  task('app', 'now', { createdAtMs: OPENED + sinceMs - DELAY, atMs: OPENED + sinceMs })

function stack(
  tasks: readonly TaskFacts[],
  health: 'healthy' | 'starting' | 'unhealthy' = 'healthy',
): StackFacts {
  const newest = tasks.at(-1)?.id ?? ''
  return {
    services,
    tasks: [task('db', 'd', { createdAtMs: 1, atMs: 2 }), ...tasks],
    containers: [container('db', 'd', 'healthy'), container('app', newest, health)],
  }
}

const old = task('app', 'old', { createdAtMs: 10, atMs: 11 })
const before = stack([old])

function said(history: ReturnType<typeof historyOf>, recovered?: Recovery): string {
  const verdict = decide(history, recovered)
  if (verdict.kind === 'doomed') return verdict.doom.class
  return verdict.kind === 'waiting' ? verdict.for.map(({ why }) => why).join() : verdict.kind
}

const afterRestore = (...stacks: readonly StackFacts[]) =>
  historyOf(
    stacks.map((each, nr) => look(60_000 + nr * 3_000, each)),
    before,
  )

t.test('what ended again and again while nobody looked, and runs now, is waited for', async t => {
  const dead = ends(1_000, 2_000, 5)
  const up = stack([...dead, runs(50_000)])
  t.equal(said(afterRestore(up)), 'runs, but not for long enough yet')
  t.equal(
    said(afterRestore(up, up)),
    'converged',
    'for as long as it lived before, and half of that',
  )
})

t.test('one that is only starting is not', async t => {
  const dead = ends(1_000, 2_000, 5)
  t.equal(said(afterRestore(stack([...dead, runs(50_000)], 'starting'))), 'crash_loop')
  t.equal(said(afterRestore(stack(dead))), 'crash_loop')
})

t.test('its next end dooms at once', async t => {
  const up = stack([...ends(1_000, 2_000, 5), runs(50_000)])
  const down = ended('app', 'now', {
    exitCode: 1,
    createdAtMs: OPENED + 45_000,
    atMs: OPENED + 61_000,
  })
  t.equal(said(afterRestore(up, stack([...ends(1_000, 2_000, 5), down]))), 'crash_loop')
})

t.test('so it is with what was stopped for failed health checks', async t => {
  const dead = ends(1_000, 2_000, 3)
  const notes = dead.map(({ id }) => ({ taskId: id, kind: 'unhealthy' as const }))
  const at = (facts: StackFacts) => historyOf([look(60_000, facts, notes)], before)
  t.equal(said(at(stack([...dead, runs(50_000)]))), 'runs, but not for long enough yet')
  t.equal(said(at(stack([...dead, runs(50_000)], 'starting'))), 'killed_unhealthy')
})

t.test('while one looks, a failed health check is told as soon as it is the second', async t => {
  const [first, second] = [
    runs(1_000),
    { ...runs(30_000), id: 'second', createdAtMs: OPENED + 9_000 },
  ]
  const dead = { ...ended('app', 'now', { exitCode: 137 }), createdAtMs: first.createdAtMs }
  const history = historyOf([
    look(900, stack([])),
    look(1_000, stack([first], 'starting')),
    look(8_000, stack([dead]), [{ taskId: 'now', kind: 'unhealthy' }]),
    look(30_000, stack([dead, second], 'starting')),
  ])
  t.match(said(history), /^0\/1/)
  const sick = look(37_000, stack([dead, second], 'unhealthy'), [
    { taskId: 'second', kind: 'unhealthy' },
  ])
  t.equal(said(extendHistory(history, sick)), 'killed_unhealthy')
})

/** Converged ten seconds after the deploy, and looked at once more when all tiers are over. */
const atTheEnd = (atMs: number, tasks: readonly TaskFacts[]) => {
  const first = task('app', 'first', { createdAtMs: OPENED + 1_000, atMs: OPENED + 2_000 })
  return historyOf([
    look(3_000, stack([first])),
    look(10_000, stack([first])),
    look(atMs, stack(tasks)),
  ])
}

t.test('at the end, one that is up between two ends is a crash loop', async t => {
  const dead = ends(20_000, 20_000, 8) // the last one ends after 220 s
  const at = (ms: number) => said(atTheEnd(ms, [...dead, runs(225_000)]), hasOutlived)
  t.equal(at(226_000), 'crash_loop')
  t.equal(at(244_000), 'crash_loop')
  t.equal(bestGuess(atTheEnd(244_000, [...dead, runs(225_000)]))?.class, 'crash_loop')
  t.not(at(247_500), 'crash_loop', 'it has outlived all of them')
})

t.test('at the end, what ended while its data was restored has left that behind', async t => {
  const dead = ends(100_000, 2_000, 5)
  const at = (ms: number) => said(atTheEnd(ms, [...dead, runs(140_000)]), hasOutlived)
  t.equal(at(141_000), 'crash_loop')
  t.equal(at(145_000), 'runs, but not for long enough yet')
})

t.test('at the end, that the first had run since the deploy is no matter', async t => {
  const first = task('app', 'first', { createdAtMs: OPENED + 4_000, atMs: OPENED + 9_000 })
  const its = { exitCode: 1, createdAtMs: first.createdAtMs, atMs: OPENED + 101_000 }
  const dead = [ended('app', 'first', its), ...ends(102_000, 2_000, 2)]
  const at = (ms: number) => {
    const begun = [look(3_000, stack([])), look(10_000, stack([first]))]
    return said(historyOf([...begun, look(ms, stack([...dead, runs(125_000)]))]), hasOutlived)
  }
  t.equal(at(126_000), 'crash_loop')
  t.not(at(130_000), 'crash_loop')
})

t.test('at the end, kills for failed health checks count as well', async t => {
  const dead = ends(20_000, 20_000, 2)
  const notes = dead.map(({ id }) => ({ taskId: id, kind: 'unhealthy' as const }))
  const up = stack([...dead, runs(75_000)])
  const at = (ms: number) =>
    said(historyOf([look(75_500, up, notes), look(ms, up, notes)], before), hasOutlived)
  t.equal(at(80_000), 'killed_unhealthy')
  t.not(at(97_000), 'killed_unhealthy')
})
