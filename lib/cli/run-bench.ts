import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stackOf } from '../domain/names.js'
import { readyProbes } from '../health/ready-probe.js'
import { serving } from '../health/serving.js'
import { childEnv } from '../process/child-env.js'
import { OVERLAY_FILE } from '../recipe/customisation.js'
import { parseEnv, readEnvFile, setEnv, writeEnvFile } from '../recipe/env-file.js'
import { appHooks } from '../run/app-hooks.js'
import { freshProgress, type Bench } from '../run/bench.js'
import { firstMissing, pullMissing } from '../run/images.js'
import { isBad } from '../run/ledger.js'
import { createPhases } from '../run/phases.js'
import type { AbraAnswer, App, HooksPort, TierFacts, TierPorts } from '../run/ports.js'
import type { Prepared } from '../run/prepare.js'
import { emptyOut } from '../swarm/empty-out.js'
import { listens } from '../swarm/listening.js'
import { ensureImage } from '../swarm/pull.js'
import { readStack } from '../swarm/stack.js'
import { watchStack } from '../swarm/watch.js'
import { dataOf } from './run-data.js'
import type { RunWiring } from './run-wiring.js'

const PULL_LIMIT_MS = 30 * 60_000

/** Pulls the images and puts the app of a run on the bench: facts and tools for its tiers. */
export async function setUpBench(wiring: RunWiring, prepared: Prepared): Promise<Bench> {
  const { engine, emit, host, request } = wiring
  const { signal } = host.lifetime
  const pull = (image: string) => ensureImage(engine, image, { deadlineMs: PULL_LIMIT_MS, signal })
  const { images, fetched, meta } = prepared
  const failed = await pullMissing({ pull, emit }, [...images.base, ...images.head])
  const app = appOf(wiring)
  const facts: TierFacts = {
    app,
    meta,
    head: fetched.tree.head,
    headVersion: prepared.headVersion,
    base: prepared.base,
    skipGeneric: request.skipGeneric,
    requested: request.tiers,
    freshRestore: request.freshRestore,
    missingImages: {
      base: firstMissing(failed, images.base),
      head: firstMissing(failed, images.head),
    },
  }
  return { facts, ports: tierPorts(wiring, { app, prepared }), progress: freshProgress() }
}

function appOf({ request, abraDir }: RunWiring): App {
  const { recipe, domain, config } = request
  return {
    recipe,
    domain,
    stack: stackOf(domain),
    recipeDir: join(abraDir.recipes, recipe),
    envFile: join(config.abraDir, 'servers', config.server, `${domain}.env`),
  }
}

type Seat = { readonly app: App; readonly prepared: Prepared }

function tierPorts(wiring: RunWiring, seat: Seat): TierPorts {
  const { engine, emit, host, counter } = wiring
  const { signal } = host.lifetime
  const { tree } = seat.prepared.fetched
  const hooks = hooksOf(wiring, seat)
  return {
    emit,
    signal,
    hooks,
    ...dataOf(wiring, seat.prepared),
    phases: createPhases(emit, () => performance.now()),
    abra: abraPort(wiring),
    checkout: (_, commit) => tree.toCommit(commit),
    setEnv: writeEnv,
    placeOverlay: app => placeOverlay(app, seat),
    emptyOut: ({ domain }) =>
      emptyOut({ engine, abraDir: wiring.request.config.abraDir, domain }, signal),
    countDeploy: counter.bump,
    watch: stack => watchStack(engine, stack, { signal, emit }),
    readStack: stack => readStack(engine, stack),
    serving: servingPort(wiring, hooks),
  }
}

function abraPort({ abra }: RunWiring): TierPorts['abra'] {
  const answer = ({ ok, ms, said }: AbraAnswer): AbraAnswer => ({ ok, ms, said })
  return {
    appNew: async ({ domain, recipe }) => answer(await abra.appNew(domain, recipe)),
    secretGenerate: async ({ domain }) => answer(await abra.secretGenerate(domain)),
    deploy: async ({ domain }) => answer(await abra.deploy(domain)),
    backupCreate: ({ domain }) => abra.backupCreate(domain),
    restore: async ({ domain }, id) => answer(await abra.restore(domain, id)),
  }
}

async function writeEnv({ envFile }: App, env: Readonly<Record<string, string>>): Promise<void> {
  if (Object.keys(env).length === 0) return
  await writeEnvFile(envFile, setEnv((await readEnvFile(envFile)) ?? '', env))
}

async function placeOverlay(app: App, { prepared }: Seat): Promise<void> {
  const { overlay } = prepared.customisation
  if (overlay === undefined) return
  await copyFile(overlay.path, join(app.recipeDir, OVERLAY_FILE))
  const named = parseEnv((await readEnvFile(app.envFile)) ?? '')['COMPOSE_FILE'] ?? 'compose.yml'
  if (named.split(':').includes(OVERLAY_FILE)) return
  await writeEnv(app, { COMPOSE_FILE: `${named}:${OVERLAY_FILE}` })
}

function servingPort(wiring: RunWiring, hooks: HooksPort): TierPorts['serving'] {
  const { engine, request, host, emit } = wiring
  const { gateway, ca } = request.config
  const { signal } = host.lifetime
  return async (app, meta) => {
    const at = { domain: app.domain, gateway, ca, signal, emit }
    await using watch = await watchStack(engine, app.stack, { signal, emit })
    const checks = await serving({
      ...at,
      path: meta.healthPath,
      ok: meta.healthOk,
      deadlineMs: meta.httpTimeoutMs,
      doomed: watch.doomed.bind(watch),
    })
    if (checks.some(isBad)) return checks
    const ready = await readyProbes({
      ...at,
      probes: meta.readyProbe,
      deadlineMs: meta.httpTimeoutMs,
      listens: (service, port) => listens(engine, app.stack, { service, port }),
    })
    return [...checks, ...ready, ...(await hooks.hook('ready_probe', null))]
  }
}

function hooksOf(wiring: RunWiring, { app, prepared }: Seat): HooksPort {
  const { engine, request, host, folder, emit, run, abraDir } = wiring
  const { gateway, ca } = request.config
  return appHooks({
    run,
    emit,
    customisation: prepared.customisation,
    env: childEnv(host.env, 'hook'),
    logDir: join(folder.logs, 'tests'),
    signal: host.lifetime.signal,
    facts: {
      recipe: app.recipe,
      recipeDir: app.recipeDir,
      runDir: folder.path,
      stack: app.stack,
      domain: app.domain,
      abraDir: abraDir.path,
      gateway: gateway === undefined ? `${app.domain}:443` : `${gateway.host}:${gateway.port}`,
      ca,
      versions: {
        base: prepared.base?.version ?? prepared.base?.commit ?? null,
        head: prepared.headVersion ?? null,
      },
      services: async () => (await readStack(engine, app.stack)).map(({ name }) => name),
      deps: {},
    },
  })
}
