import { dirname, join } from 'node:path'
import type { Emit } from '../domain/events.js'
import type { Meta } from '../domain/meta.js'
import type { CommitId, StackName } from '../domain/names.js'
import type { RunRequest } from '../domain/request.js'
import { AbsentFault } from '../errors.js'
import type { Git } from '../git/git.js'
import { imagesOf, isBackedUp, versionOf, type ComposeProject } from '../recipe/compose.js'
import { discover, isApproved, manifestLines, type Customisation } from '../recipe/customisation.js'
import { fetchRecipe, type Fetched } from '../recipe/fetch.js'
import { snapshotTests } from '../recipe/own-tests.js'
import { mergeMeta, readMeta, type MetaLayer } from '../recipe/meta.js'
import { parseVersion } from '../recipe/versions.js'
import { chooseRepair, type RepairChoice } from './base-repair.js'
import { chooseBase, type BaseDecision } from './base-version.js'
import { composeOf, mustFit, type ComposeAt } from './compose-at.js'
import { composeDiff, type ComposeDiff } from './compose-diff.js'
import { planDependencies, type PlannedDependency } from './dependency-plan.js'
import { declaredNotApplicable, forecast, planTiers, type PlannedTier } from './plan.js'
import type { Base, PreparedApp } from './prepared-app.js'

export type PreparePorts = { readonly git: Git; readonly emit: Emit }

export type PrepareRequest = {
  readonly request: RunRequest
  readonly stack: StackName
  /** The operator's settings for the recipe, read when the request was. */
  readonly operatorMeta: MetaLayer | undefined
  /** Where the checkout goes. */
  readonly dir: string
  /** A folder of the run for what is kept aside. */
  readonly keep: string
}

/** A recipe at the commit under test, with everything that was found out about it before anything is created. */
export type Prepared = PreparedApp & {
  readonly fetched: Fetched
  readonly manifest: readonly string[]
  readonly decision: BaseDecision
  readonly planned: readonly PlannedTier[]
  /** The same as it will probably come out: for a person, never for a verdict. */
  readonly foreseen: readonly PlannedTier[]
  /** Undefined: they could not be compared. */
  readonly composeDiff: ComposeDiff | undefined
  /** What a reader of the verdict should know about the base. */
  readonly remarks: readonly string[]
  /** In the order of DEPS. */
  readonly dependencies: readonly PlannedDependency[]
}

/** Fetches the recipe, reads what it and the operator say about it, and decides what will be tested from where. */
export async function prepare(ports: PreparePorts, asked: PrepareRequest): Promise<Prepared> {
  const { request } = asked
  const fetched = await fetchRecipe(ports, fetchPlan(asked))
  const custom = await customise(asked, fetched)
  const { meta } = custom
  const { tree } = fetched
  const project = (commit: CommitId, laid: Laid = {}) => {
    const at = { env: meta.extraEnv, ...laid, tree, commit, domain: request.domain }
    return composeOf(ports, { ...asked, ...at })
  }
  const head = await project(tree.head)
  mustFit(head)
  const headVersion = versionOf(head, asked.stack)
  const decision = decideBase({ request, meta, fetched, headVersion })
  const base = baseOf(decision)
  const { repair, remarks } = repairOf(request, custom.customisation, base)
  // After an upgrade the env file holds more than after an install.
  const env = { ...meta.extraEnv, ...meta.upgradeExtraEnv }
  const target = base ? await project(tree.head, { env }) : head
  const planned = tiersOf(request, custom, decision)
  return {
    ...custom,
    fetched,
    dependencies: await planDependencies(ports, { request, meta, dir: dirname(asked.dir) }),
    headVersion,
    headServices: target.services.map(({ name }) => name),
    base,
    repair,
    remarks,
    decision,
    composeDiff: await composeDiff(ports, tree, base?.commit),
    planned,
    foreseen: forecast(planned, meta.backupCapable ?? labelledIn(target)),
    images: {
      head: imagesOf(target),
      base: base
        ? imagesOf(await project(base.commit, { repair: repair?.path, committed: true }))
        : [],
    },
  }
}

function tiersOf(
  { tiers: requested }: RunRequest,
  { meta, customisation }: Pick<Prepared, 'meta' | 'customisation'>,
  decision: BaseDecision,
): readonly PlannedTier[] {
  const { expectedNa, backupCapable } = meta
  const customTests = customisation.custom.length + customisation.tests.custom.length
  const from = { base: baseOf(decision)?.commit, baseReason: decision.reason }
  return planTiers({ requested, expectedNa, backupCapable, ...from, customTests })
}

/** Undefined: its files cannot be read. */
function labelledIn(project: ComposeProject): boolean | undefined {
  return project.problems.length > 0 ? undefined : isBackedUp(project)
}

/** What a commit is read under, where it is not just the recipe's own. */
type Laid = Partial<Pick<ComposeAt, 'env' | 'repair' | 'committed'>>

// Without an upgrade there is no base to repair, and nothing to say about it.
function repairOf(
  { tiers }: RunRequest,
  { previous }: Customisation,
  base: Base | undefined,
): RepairChoice {
  return chooseRepair(tiers.includes('upgrade') ? previous : [], base)
}

function fetchPlan({ request, dir, keep }: PrepareRequest): Parameters<typeof fetchRecipe>[1] {
  const { recipe, src, ref, version, pr, skipFetch, config } = request
  const staged = join(config.abraDir, 'recipes', recipe)
  const upstream = `${config.upstreamBase}/${recipe}.git`
  const kept = join(keep, 'uncommitted')
  return { recipe, src, ref, version, pr, skipFetch, staged, dir, keep: kept, upstream }
}

async function customise(
  { request, operatorMeta, keep }: PrepareRequest,
  { tree }: Fetched,
): Promise<Pick<Prepared, 'meta' | 'customisation' | 'manifest'>> {
  const { recipesDir } = request.config
  const { recipe } = request
  const ownTests = await snapshotTests(tree.dir, join(keep, 'tests'))
  const approved = ownTests !== undefined && (await isApproved(recipesDir, recipe))
  const ownMeta = approved ? await readMeta(ownTests) : undefined
  const layers = [ownMeta, operatorMeta]
  const customisation = await discover({ recipe, recipesDir, ownTests })
  const manifest = manifestLines(customisation, layers)
  return { meta: mergeMeta(recipe, layers), customisation, manifest }
}

type Choice = {
  readonly request: RunRequest
  readonly meta: Meta
  readonly fetched: Fetched
  readonly headVersion: string | undefined
}

function decideBase({ request, meta, fetched, headVersion }: Choice): BaseDecision {
  const decision = chooseBase({
    upgradeRequested: request.tiers.includes('upgrade'),
    notApplicable: declaredNotApplicable('upgrade', meta.expectedNa),
    override: meta.upgradeBaseVersion,
    canonical: undefined,
    head: { commit: fetched.tree.head, version: headVersion, dirty: fetched.tree.dirty },
    published: fetched.tags.filter(({ name }) => parseVersion(name) !== undefined),
    tip: fetched.tip,
  })
  if (decision.kind === 'missing')
    throw new AbsentFault(
      `Cannot upgrade from "${decision.version}": ${decision.reason}`,
      'Correct UPGRADE_BASE_VERSION in recipe-ci.yml',
    )
  return decision
}

function baseOf(decision: BaseDecision): Base | undefined {
  if (decision.kind === 'version') return { commit: decision.commit, version: decision.version }
  if (decision.kind === 'tip') return { commit: decision.commit, version: undefined }
  return undefined
}
