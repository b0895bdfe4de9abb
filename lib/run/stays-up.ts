import type { Check } from '../domain/check.js'
import type { Tier } from '../domain/tiers.js'
import type { StackWatch } from '../swarm/watch.js'
import type { Bench } from './bench.js'
import { timeLimit } from '../lifetime/time-limit.js'

/**
 * Without a health check only time tells a service that stays from one that ends again and again: Swarm itself trusts a
 * task after five seconds, and one that ends every six would be called green.
 */
const TRIED_MS = 10_000

/** Eyes on the stack from before a deploy on, until the next deploy or the end of the tiers. */
export async function standingWatch(
  { facts, ports, progress }: Bench,
  stirred: () => void,
): Promise<StackWatch> {
  await endWatch({ progress })
  const watch = await ports.watch(facts.app.stack, stirred)
  progress.standing = watch
  return watch
}

export async function endWatch({ progress }: Pick<Bench, 'progress'>): Promise<void> {
  const { standing } = progress
  progress.standing = undefined
  await standing?.[Symbol.asyncDispose]()
}

/**
 * After all tiers: is every service still up, and has none begun to end again and again since it was deployed? Costs one
 * look where all services have a health check or have run for a while.
 */
export async function staysUp(bench: Bench, tier: Tier): Promise<void> {
  const { standing: watch } = bench.progress
  if (watch === undefined) return
  const check = await bench.ports.phases.in('stays up', floor => look(bench, watch, floor))
  bench.ports.emit({ type: 'check.finished', tier, check })
  if (check.status === 'pass') return
  const reason = `${check.name}: ${check.detail}`
  bench.ports.emit({ type: 'tier.finished', tier, status: check.status, ms: check.ms, reason })
}

async function look(
  { facts, ports, progress }: Bench,
  watch: StackWatch,
  floor: { add(ms: number): void },
): Promise<Check> {
  const started = performance.now()
  const untried = progress.services.some(
    service => service.healthcheck === undefined && service.desired > 0,
  )
  const left = TRIED_MS - (started - progress.convergedAtMs)
  using limit = timeLimit(left, ports.signal)
  const doomed = untried && left > 0 ? await watch.doomed(limit.signal) : undefined
  ports.signal.throwIfAborted()
  const deadlineMs = facts.meta.deployTimeoutMs
  const settled = doomed ?? (await watch.settled({ deadlineMs, op: 'none' }))
  const ms = Math.round(performance.now() - started)
  floor.add(ms)
  const name = 'stays up'
  if (settled.state === 'converged') return { name, status: 'pass', ms, detail: '' }
  return { name, status: 'fail', ms, detail: settled.cause.sentence, cause: settled.cause }
}
