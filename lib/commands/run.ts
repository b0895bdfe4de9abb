import type { Emit, HappeningBody } from '../domain/events.js'
import type { AppDomain, CommitId } from '../domain/names.js'
import type { RunRequest } from '../domain/request.js'
import { AbsentFault } from '../errors.js'
import type { DisposalStack } from '../lifetime/disposal-stack.js'
import type { Bench } from '../run/bench.js'
import type { Phases } from '../run/phases.js'
import { runTiers } from '../run/tier-engine.js'
import type { Prepared } from '../run/prepare.js'

/** What holds a domain back from a new run: a kept app that has not expired. */
export type Keeping = { readonly until: Date; readonly runId: string }

/** Everything a run may do to the outside world, in the words of its story. */
export type RunPorts = {
  readonly emit: Emit
  readonly phases: Phases
  readonly signal: AbortSignal
  /** One janitor sweep: what dead runs left goes before anything of ours comes. */
  readonly sweep: () => Promise<void>
  readonly prepare: () => Promise<Prepared>
  readonly lint: (prepared: Prepared) => Promise<void>
  /** Pulls what is missing, and makes what the tiers work on. */
  readonly setUp: (prepared: Prepared) => Promise<Bench>
  /** All locks of the run, in sorted order, held until the process ends. */
  readonly lock: (domains: readonly AppDomain[]) => Promise<void>
  readonly kept: () => Keeping | undefined
  readonly dropLease: () => Promise<void>
  /** Under the lock: what a crashed holder left of the domain goes first. */
  readonly clear: (domain: AppDomain) => Promise<void>
  readonly tearDown: (domain: AppDomain, why: string) => Promise<void>
  /** Writes the lease, synced, before the lock can go. Resolves to when it ends. */
  readonly lease: () => Promise<Date>
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
  const prepared = await phases.in('fetch', () => ports.prepare())
  announce(prepared, emit)
  const [bench] = await phases.in('images', () =>
    Promise.all([ports.setUp(prepared), phases.in('lint', () => ports.lint(prepared))]),
  )
  await phases.in('lock', () => ports.lock([request.domain]))
  await respectLease(request, ports)
  undo.add('app', () => ports.tearDown(request.domain, 'the run is over'))
  await ports.clear(request.domain)
  emit({ type: 'app.created', domain: request.domain, recipe: request.recipe })
  await runTiers(bench, prepared.planned)
  emit({ type: 'deploy.counted', expected: 1, counted: await ports.counted() })
  if (!request.keep) return
  await bench.progress.canaries?.drop()
  await keep(request, ports, undo)
}

async function keep(request: RunRequest, ports: RunPorts, undo: DisposalStack): Promise<void> {
  const until = await ports.lease()
  undo.remove('app')
  ports.emit({ type: 'app.kept', domain: request.domain, until: until.toISOString() })
}

async function respectLease(request: RunRequest, ports: RunPorts): Promise<void> {
  const kept = ports.kept()
  if (kept === undefined) return
  if (request.replaceKept) return ports.dropLease()
  throw new AbsentFault(
    `Cannot use ${request.domain}: run "${kept.runId}" keeps it until ${kept.until.toISOString()}`,
    'Wait until then, or add --replace-kept to remove the kept app first',
  )
}

/** What was found out and decided before anything is created, for the record and for people. */
function announce(prepared: Prepared, emit: Emit): void {
  const { manifest, customisation } = prepared
  for (const text of customisation.warnings) emit({ type: 'run.warned', text })
  if (prepared.fetched.tree.dirty)
    emit({ type: 'run.noted', text: 'the head includes uncommitted files of the staged clone' })
  emit({ type: 'manifest.printed', customization: { manifest }, lines: manifest })
  emit(planOf(prepared))
  // Never a false green: what a recipe says it needs and did not get was not verified.
  for (const recipe of prepared.meta.deps)
    emit({ type: 'dependency.unverified', recipe, reason: 'this version deploys no dependencies' })
  if (customisation.previous !== undefined)
    emit({
      type: 'run.warned',
      text: `"${customisation.previous.path}" is not used by this version`,
    })
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
  }
}

function nameOf({ version, commit }: { version: string | undefined; commit: CommitId }): string {
  return version ?? commit
}
