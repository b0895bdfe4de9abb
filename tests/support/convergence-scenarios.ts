import type { CauseClass } from '../../lib/domain/cause.js'
import type { Sketch } from './scratch-stack.js'

/** One thing that can happen to a stack after a deploy, and what must be said of it. */
export type Scenario = {
  readonly name: string
  /** Deployed first, and waited for. */
  readonly before?: readonly Sketch[]
  readonly deploy: readonly Sketch[]
  readonly deadlineMs: number
  readonly expect: 'converged' | CauseClass
}

// A shell as process 1 gets no default TERM action: without the trap each stop would take the whole grace period.
const STAY = 'trap "exit 0" TERM; sleep 1000 & wait'
const LATER = 'trap "exit 0" TERM; sleep 2000 & wait'
const CRASH = 'echo "boom: no such table"; exit 4'
/** Healthy for a moment each time. */
const FLAP = 'echo hello; sleep 1; exit 4'
const NEVER = 'trap "exit 0" TERM; sleep 1000 & wait'
const OK = 'true'
const UP = 'test -e /tmp/up'

const web = (run: string, more: Partial<Sketch> = {}): Sketch => ({
  name: 'web',
  run,
  health: OK,
  ...more,
})
const updating = (
  order: 'stop-first' | 'start-first',
  onFailure: 'pause' | 'rollback' | 'continue',
) => ({
  update: { order, onFailure },
})
const upgrade = (
  name: string,
  update: Partial<Sketch>,
  [run, expect]: readonly [string, Scenario['expect']],
): Scenario => ({
  name,
  before: [web(STAY, update)],
  deploy: [web(run, update)],
  deadlineMs: 60_000,
  expect,
})

/** Install first, then upgrades; the good ones before the doomed. */
export const SCENARIOS: readonly Scenario[] = [
  { name: 'first-start', deploy: [web(STAY)], deadlineMs: 30_000, expect: 'converged' },
  {
    name: 'without-health-check',
    deploy: [{ name: 'web', run: STAY }],
    deadlineMs: 30_000,
    expect: 'converged',
  },
  {
    name: 'replicas-0',
    deploy: [web(STAY), { name: 'cron', run: STAY, replicas: 0 }],
    deadlineMs: 30_000,
    expect: 'converged',
  },
  {
    name: 'global',
    deploy: [web(STAY, { global: true })],
    deadlineMs: 30_000,
    expect: 'converged',
  },
  {
    name: 'job-done',
    deploy: [web(STAY), { name: 'migrate', run: 'sleep 1', restart: { condition: 'on-failure' } }],
    deadlineMs: 30_000,
    expect: 'converged',
  },
  {
    name: 'slow-start',
    deploy: [
      web('sleep 15; touch /tmp/up; sleep 1000', {
        health: UP,
        healthRetries: 1,
        startPeriodMs: 60_000,
      }),
    ],
    deadlineMs: 60_000,
    expect: 'converged',
  },
  {
    name: 'waits-for-database',
    deploy: [
      // Exits until the database's folder shows that it is up.
      web('test -e /shared/up || exit 9; trap "exit 0" TERM; sleep 1000 & wait', {
        volumes: { shared: '/shared' },
      }),
      {
        name: 'db',
        run: 'sleep 22; touch /shared/up /tmp/up; trap "exit 0" TERM; sleep 1000 & wait',
        health: UP,
        startPeriodMs: 60_000,
        volumes: { shared: '/shared' },
      },
    ],
    deadlineMs: 60_000,
    expect: 'converged',
  },
  upgrade('upgrade-stop-first', updating('stop-first', 'rollback'), [LATER, 'converged']),
  upgrade('upgrade-start-first', updating('start-first', 'rollback'), [LATER, 'converged']),
  upgrade('upgrade-of-nothing', updating('stop-first', 'pause'), [STAY, 'converged']),
  { name: 'crash-loop', deploy: [web(CRASH)], deadlineMs: 60_000, expect: 'crash_loop' },
  {
    name: 'crash-given-up',
    deploy: [{ name: 'web', run: 'exit 5', restart: { condition: 'on-failure', maxAttempts: 1 } }],
    deadlineMs: 60_000,
    expect: 'crash_loop',
  },
  {
    name: 'never-healthy',
    deploy: [web(NEVER, { health: 'echo nobody on port 81; false' })],
    deadlineMs: 60_000,
    expect: 'killed_unhealthy',
  },
  {
    name: 'image-missing',
    deploy: [{ name: 'web', image: 'recipe-ci-test/no-such-image:9' }],
    deadlineMs: 60_000,
    expect: 'image_missing',
  },
  {
    name: 'out-of-memory',
    deploy: [
      web('echo eating; x=a; while true; do x=$x$x; done', {
        memoryBytes: 20 * 1024 * 1024,
        health: 'sleep 1',
      }),
    ],
    deadlineMs: 60_000,
    expect: 'oom',
  },
  {
    name: 'no-node',
    deploy: [web(STAY, { constraints: ['node.labels.gpu == yes'] })],
    deadlineMs: 60_000,
    expect: 'no_node',
  },
  {
    name: 'no-resources',
    deploy: [web(STAY, { reserveBytes: 2 ** 50 })],
    deadlineMs: 5_000,
    expect: 'no_resources',
  },
  {
    name: 'not-in-time',
    deploy: [web(NEVER, { health: UP, startPeriodMs: 60_000 })],
    deadlineMs: 5_000,
    expect: 'not_converged',
  },
  upgrade('rollback-stop-first', updating('stop-first', 'rollback'), [CRASH, 'rolled_back']),
  upgrade('rollback-start-first', updating('start-first', 'rollback'), [CRASH, 'rolled_back']),
  upgrade('pause-stop-first', updating('stop-first', 'pause'), [CRASH, 'crash_loop']),
  upgrade('pause-start-first', updating('start-first', 'pause'), [CRASH, 'crash_loop']),
  upgrade('flapping', updating('stop-first', 'pause'), [FLAP, 'crash_loop']),
  upgrade('continue-stop-first', updating('stop-first', 'continue'), [CRASH, 'crash_loop']),
]
