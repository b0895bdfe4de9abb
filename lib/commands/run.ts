import type { Emit, HappeningBody } from '../domain/events.js'
import type { AppDomain, CommitId } from '../domain/names.js'
import type { RunRequest } from '../domain/request.js'
import { AbsentFault } from '../errors.js'
import type { DisposalStack } from '../lifetime/disposal-stack.js'
import { signalsHeard } from '../lifetime/signals-heard.js'
import type { Bench } from '../run/bench.js'
import { provide, type DependencyFacts, type DependencySeat } from '../run/dependency.js'
import type { Phases } from '../run/phases.js'
import { runTiers } from '../run/tier-engine.js'
import type { Prepared } from '../run/prepare.js'

/** What holds a domain back from a new run: a kept app that has not expired. */
type Keeping = { readonly until: Date; readonly runId: string }

/** The apps of a run: the one under test, and what it needs. */
export type Benches = {
  readonly app: Bench
  /** In the order in which they are deployed. */
  readonly dependencies: readonly DependencySeat[]
  /** What hooks and tests are told of the dependencies; grows as they come up. */
  readonly known: Map<string, DependencyFacts>
}

/** Everything a run may do to the outside world, in the words of its story. */
export type RunPorts = {
  readonly emit: Emit
  readonly phases: Phases
  readonly signal: AbortSignal
  /** One janitor sweep: what dead runs left goes before anything of ours comes. */
  readonly sweep: () => Promise<void>
  /** Throws when a disk that the run needs is nearly full. */
  readonly room: () => Promise<void>
  readonly prepare: () => Promise<Prepared>
  readonly lint: (prepared: Prepared) => Promise<void>
  /** Pulls what is missing, and makes what the tiers work on. */
  readonly setUp: (prepared: Prepared) => Promise<Benches>
  /** All locks of the run, in sorted order, held until the process ends. */
  readonly lock: (domains: readonly AppDomain[]) => Promise<void>
  readonly kept: (domain: AppDomain) => Keeping | undefined
  readonly dropLease: (domain: AppDomain) => Promise<void>
  /** Under the lock: what a crashed holder left of the domain goes first. */
  readonly clear: (domain: AppDomain) => Promise<void>
  readonly tearDown: (domain: AppDomain, why: string) => Promise<void>
  /** Writes the leases, synced, before the locks can go. Resolves to when they end. */
  readonly lease: (domains: readonly AppDomain[]) => Promise<Date>
  /** Apps that were created, by the counter in the run folder. */
  readonly counted: () => Promise<number>
}

/**
 * The life of one run, after its folder and record exist and before its teardown: everything that is created is
 * entered in `undo` first. Throws a Fault when the recipe could not be tested; a bad recipe is never thrown.
 */
export async function run(
  request: RunRequest,
  ports: RunPorts,
  undo: DisposalStack,
): Promise<void> {
  const { emit, phases } = ports
  for (const text of request.warnings) emit({ type: 'run.warned', text })
  await phases.in('janitor', () => ports.sweep())
  await ports.room()
  const prepared = await phases.in('fetch', () => ports.prepare())
  announce(prepared, emit)
  // Lint looks at a clone of its own, so it has until the first creation.
  const [benches] = await bothOf(
    makeReady(request, { ports, prepared, undo }),
    phases.in('lint', () => ports.lint(prepared)),
  )
  const domains = domainsOf(request, benches)
  await provideAll(benches, ports)
  emit({ type: 'app.created', domain: request.domain, recipe: request.recipe })
  await runTiers(benches.app, prepared.planned)
  const expected = 1 + benches.dependencies.filter(({ bench }) => bench !== undefined).length
  emit({ type: 'deploy.counted', expected, counted: await ports.counted() })
  if (!request.keep) return
  ports.signal.throwIfAborted()
  await benches.app.progress.canaries?.drop()
  await keep(domains, ports, undo)
}

async function provideAll(
  { dependencies, known }: Benches,
  { emit, phases, signal }: RunPorts,
): Promise<void> {
  for (const seat of dependencies) {
    signal.throwIfAborted()
    const { recipe, domain, bench } = seat
    if (bench !== undefined) emit({ type: 'app.created', domain, recipe })
    known.set(recipe, await phases.in(`dependency ${recipe}`, () => provide(seat, emit)))
  }
}

type Ready = {
  readonly ports: RunPorts
  readonly prepared: Prepared
  readonly undo: DisposalStack
}

/** Images, then the locks, then the proof under them that nothing of the domains is there. */
async function makeReady(request: RunRequest, { ports, prepared, undo }: Ready): Promise<Benches> {
  const { phases } = ports
  const benches = await phases.in('images', () => ports.setUp(prepared))
  const domains = domainsOf(request, benches)
  await phases.in('lock', () => ports.lock(domains))
  for (const domain of domains) await respectLease(request, ports, domain)
  for (const domain of domains) undo.add(domain, () => ports.tearDown(domain, 'the run is over'))
  await phases.in('census', async () => {
    for (const domain of domains) await ports.clear(domain)
  })
  return benches
}

/** Dependencies first, the app last: undone in the reverse order. */
function domainsOf({ domain }: RunRequest, { dependencies }: Benches): readonly AppDomain[] {
  return [...dependencies.map(dependency => dependency.domain), domain]
}

/** Both are over when it settles: teardown must not begin beside either. */
async function bothOf<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  const [one, two] = await Promise.allSettled([first, second])
  if (one.status === 'rejected') throw one.reason
  if (two.status === 'rejected') throw two.reason
  return [one.value, two.value]
}

/** A signal until the very end takes everything down after all, leases first. */
async function keep(
  domains: readonly AppDomain[],
  ports: RunPorts,
  undo: DisposalStack,
): Promise<void> {
  ports.signal.throwIfAborted()
  for (const domain of domains) undo.add(leaseOf(domain), () => ports.dropLease(domain))
  const until = await ports.lease(domains)
  await signalsHeard()
  ports.signal.throwIfAborted()
  for (const domain of domains) {
    undo.remove(leaseOf(domain))
    undo.remove(domain)
    ports.emit({ type: 'app.kept', domain, until: until.toISOString() })
  }
}

function leaseOf(domain: AppDomain): string {
  return `lease of ${domain}`
}

async function respectLease(
  request: RunRequest,
  ports: RunPorts,
  domain: AppDomain,
): Promise<void> {
  const kept = ports.kept(domain)
  if (kept === undefined) return
  if (request.replaceKept) return ports.dropLease(domain)
  throw new AbsentFault(
    `Cannot use ${domain}: run "${kept.runId}" keeps it until ${kept.until.toISOString()}`,
    'Wait until then, or add --replace-kept to remove the kept app first',
  )
}

/** What was found out and decided before anything is created, for the record and for people. */
function announce(prepared: Prepared, emit: Emit): void {
  const { manifest, customisation } = prepared
  for (const text of [...customisation.warnings, ...prepared.remarks])
    emit({ type: 'run.warned', text })
  if (prepared.fetched.tree.dirty)
    emit({ type: 'run.noted', text: 'the head includes uncommitted files of the staged clone' })
  emit({ type: 'manifest.printed', customization: { manifest }, lines: manifest })
  const plan = planOf(prepared)
  emit(plan)
  const { composeDiff } = prepared
  if (plan.base !== null && composeDiff !== undefined)
    emit({ type: 'compose.compared', base: plan.base, ...composeDiff })
}

/** The plan of a run as one happening. */
export function planOf(
  prepared: Prepared,
): Extract<HappeningBody, { readonly type: 'plan.resolved' }> {
  const { fetched, headVersion, base, decision, planned } = prepared
  return {
    type: 'plan.resolved',
    head: fetched.tree.head,
    headVersion: headVersion ?? null,
    base: base === undefined ? null : nameOf(base),
    baseReason: decision.reason,
    tiers: planned.filter(entry => entry.run).map(({ tier }) => tier),
    skips: Object.fromEntries(
      planned.flatMap(entry => (entry.run ? [] : [[entry.tier, entry.reason]])),
    ),
    dependencies: prepared.dependencies.map(({ recipe, domain, ...plan }) => ({
      recipe,
      domain,
      version: plan.app?.headVersion ?? null,
      reason: plan.app === undefined ? plan.why : '',
    })),
  }
}

function nameOf({ version, commit }: { version: string | undefined; commit: CommitId }): string {
  return version ?? commit
}
