import type { Cause } from '../domain/cause.js'
import type { Check } from '../domain/check.js'
import type { CrashPoint } from '../domain/crash-points.js'
import type { CommitId } from '../domain/names.js'
import type { Bench } from './bench.js'
import { deployFailure } from './deploy-failure.js'
import { listEarly } from './early-list.js'
import { commitCheck, identityOf } from './identity.js'
import { firstMissing } from './images.js'
import { oldServices, withoutOld } from './old-services.js'
import type { Floor } from './phases.js'
import type { ComposeMeant } from './ports.js'
import type { StackWatch } from '../swarm/watch.js'
import { standingWatch } from './stays-up.js'

export type DeployOp = {
  readonly op: 'install' | 'upgrade' | 'fresh-restore'
  readonly commit: CommitId
  readonly env: Readonly<Record<string, string>>
}

/**
 * The one way anything is deployed: the wanted commit is checked out again (other abra commands move the tree), the
 * overlay goes in last, and our own wait, opened before the op, says when Swarm is done or doomed.
 */
export async function deploy(bench: Bench, request: DeployOp): Promise<readonly Check[]> {
  return bench.ports.phases.in(`deploy (${request.op})`, async floor => {
    const meant = await layOut(bench, request)
    // Only now is it known what is deployed: hooks and overlay may have named other images than the recipe's sample.
    const missingImage = firstMissing(bench.facts.missingImages, meant.images)
    if (missingImage !== undefined) return [failed('images', missingImage, 0)]
    return act(bench, { ...request, services: meant.services }, floor)
  })
}

/** Puts in place what abra is going to read, and reads it as abra will. */
async function layOut({ facts, ports }: Bench, { op, env }: DeployOp): Promise<ComposeMeant> {
  const { app } = facts
  const what = op === 'install' && facts.base ? 'base' : 'head'
  await ports.checkout(app, what)
  await ports.setEnv(app, env)
  await ports.placeOverlay(app, what)
  return ports.composeMeant(app)
}

/** `services`: those it has to bring, as far as they are known. */
type Laid = DeployOp & { readonly services: readonly string[] }

async function act(bench: Bench, request: Laid, floor: Floor): Promise<readonly Check[]> {
  const { facts, ports } = bench
  const { app } = facts
  const reached = reachedIn(bench, request.op)
  const watch = await standingWatch(bench, reached('working'))
  ports.emit({ type: 'op.started', op: `deploy ${request.commit.slice(0, 8)}` })
  const answer = await ports.abra.deploy(app, reached('sent'))
  reached('returned')()
  ports.signal.throwIfAborted()
  floor.add(answer.ms)
  const { ok, ms, said } = answer
  ports.emit({ type: 'op.done', op: 'deploy', ms, detail: ok ? '' : said })
  if (!ok) {
    const met = { ...answer, stack: facts.app.stack }
    return [failed('deploy', deployFailure('app deploy', met, 'not_converged'), ms)]
  }
  if (isLastBeforeBackup(request, facts)) listEarly(bench)
  const settled = await watch.settled(expectations(bench, request, watch))
  floor.add(settled.ms)
  reached('converged')()
  bench.progress.convergedAtMs = performance.now()
  bench.progress.old = oldServices(watch.before, request.services)
  const services = withoutOld(bench.progress, settled.services)
  bench.progress.services = services
  bench.progress.identity = identityOf(app.stack, services)
  return [
    { name: 'deploy', status: 'pass', ms, detail: '' },
    settled.state === 'converged'
      ? { name: 'converged', status: 'pass', ms: settled.ms, detail: replicas(services) }
      : failed('converged', settled.cause, settled.ms),
  ]
}

/** abra may return before the Engine has all services, or before those it has are the new ones. */
function expectations(
  { facts }: Bench,
  { op, commit, services: expected }: Laid,
  { before }: StackWatch,
): Parameters<StackWatch['settled']>[0] {
  const { stack } = facts.app
  const says = Object.keys(identityOf(stack, before).commits).length > 0
  const meant = { commit, version: undefined, services: expected }
  return {
    deadlineMs: facts.meta.deployTimeoutMs,
    op: op === 'upgrade' ? 'upgrade' : 'install',
    expected,
    arrived: services => !says || commitCheck(identityOf(stack, services), meant).status !== 'fail',
  }
}

function isLastBeforeBackup({ op }: DeployOp, { base }: Bench['facts']): boolean {
  return op === (base === undefined ? 'install' : 'upgrade')
}

const POINTS = { install: 'deploy', upgrade: 'upgrade', 'fresh-restore': 'fresh' } as const

type Stage = 'sent' | 'working' | 'returned' | 'converged'

function reachedIn({ ports }: Bench, op: DeployOp['op']): (stage: Stage) => () => void {
  return stage => () => {
    ports.reached(`${POINTS[op]}.${stage}` satisfies CrashPoint)
  }
}

function failed(name: string, cause: Cause, ms: number): Check {
  return { name, status: 'fail', ms, detail: cause.sentence, cause }
}

function replicas(services: Bench['progress']['services']): string {
  return services.map(({ name, running, desired }) => `${name} ${running}/${desired}`).join(', ')
}
