import { join } from 'node:path'
import type { Benches } from '../../commands/run.js'
import { stackOf } from '../../domain/names.js'
import { freshProgress, type Bench } from '../../run/bench.js'
import { pullMissing } from '../../run/images.js'
import type { App, TierFacts } from '../../run/ports.js'
import type { DependencySeat } from '../../run/dependency.js'
import type { Prepared } from '../../run/prepare.js'
import { ensureImage } from '../../swarm/pull.js'
import { tierPorts, type Seat } from './app-tools.js'
import type { RunWiring } from './run-wiring.js'

const PULL_LIMIT_MS = 30 * 60_000

/** Pulls the images and puts every app of a run on the bench: facts and tools for its tiers. */
export async function setUpBenches(wiring: RunWiring, prepared: Prepared): Promise<Benches> {
  const { engine, emit, host, request, folder } = wiring
  const { signal } = host.lifetime
  const pull = (image: string) => ensureImage(engine, image, { deadlineMs: PULL_LIMIT_MS, signal })
  const needed = prepared.dependencies.flatMap(({ app }) => app?.images.head ?? [])
  const { base, head } = prepared.images
  const failed = await pullMissing({ pull, emit }, [...needed, ...base, ...head])
  // An extra CA that cannot be read ends the run before anything is created.
  await wiring.trust()
  const dependencies: DependencySeat[] = []
  for (const { recipe, domain, ...plan } of prepared.dependencies)
    dependencies.push(
      plan.app === undefined
        ? { recipe, domain, bench: undefined, why: plan.why }
        : {
            recipe,
            domain,
            bench: await benchOf(wiring, {
              app: appOf(wiring, { recipe, domain }),
              prepared: plan.app,
              failed,
              logDir: join(folder.logs, 'dependencies', recipe),
              asked: { skipGeneric: [], tiers: [], freshRestore: false },
            }),
          },
    )
  const own = { app: appOf(wiring, request), prepared, failed, asked: request }
  const app = await benchOf(wiring, { ...own, logDir: join(folder.logs, 'tests') })
  return { app, dependencies, known: wiring.dependencies }
}

async function benchOf(wiring: RunWiring, seat: Seat): Promise<Bench> {
  const { app, failed, asked } = seat
  const { meta, fetched, headVersion, headServices, base } = seat.prepared
  const facts: TierFacts = {
    app,
    meta,
    head: fetched.tree.head,
    headVersion,
    headServices,
    base,
    skipGeneric: asked.skipGeneric,
    requested: asked.tiers,
    freshRestore: asked.freshRestore,
    missingImages: failed,
  }
  const abra = await wiring.abraFor(fetched.tree)
  return { facts, ports: tierPorts({ ...wiring, abra }, seat), progress: freshProgress() }
}

type Named = Pick<App, 'recipe' | 'domain'>

function appOf({ request, abraDir }: RunWiring, { recipe, domain }: Named): App {
  const { config } = request
  return {
    recipe,
    domain,
    stack: stackOf(domain),
    recipeDir: join(abraDir.recipes, recipe),
    envFile: join(config.abraDir, 'servers', config.server, `${domain}.env`),
  }
}
