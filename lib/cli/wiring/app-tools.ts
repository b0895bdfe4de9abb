import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Cause } from '../../domain/cause.js'
import type { Reached } from '../../domain/crash-points.js'
import type { RunRequest } from '../../domain/request.js'
import { writtenAddress } from '../../domain/written-address.js'
import { readyProbes } from '../../health/ready-probe.js'
import { serving } from '../../health/serving.js'
import { childEnv, withoutShown } from '../../process/child-env.js'
import { fullDisk } from '../../disk/docker-root.js'
import { OVERLAY_FILE } from '../../recipe/customisation.js'
import { withComposeFile, withoutComposeFile } from '../../recipe/compose-file-list.js'
import { readEnvFile, setEnv, writeEnvFile } from '../../recipe/env-file.js'
import { REPAIR_FILE } from '../../run/base-repair.js'
import { appHooks } from '../../run/app-hooks.js'
import { composeMeant } from '../../run/compose-at.js'
import { isBad } from '../../run/ledger.js'
import { createPhases } from '../../run/phases.js'
import type { AbraAnswer, App, HooksPort, TierPorts } from '../../run/ports.js'
import type { PreparedApp } from '../../run/prepared-app.js'
import { emptyOut } from '../../swarm/empty-out.js'
import { listens } from '../../swarm/listening.js'
import { readStack } from '../../swarm/stack.js'
import { watchStack } from '../../swarm/watch.js'
import { dataOf } from './run-data.js'
import type { RunWiring } from './run-wiring.js'

/** One app of a run before it is on the bench. */
export type Seat = {
  readonly app: App
  readonly prepared: PreparedApp
  /** Images that could not be had. */
  readonly failed: ReadonlyMap<string, Cause>
  /** Output of its hooks and tests goes here. */
  readonly logDir: string
  readonly asked: Pick<RunRequest, 'skipGeneric' | 'tiers' | 'freshRestore'>
}

/** Everything that the tiers of one app may do, over the real adapters. `wiring.abra` must be the app's own. */
export function tierPorts(wiring: RunWiring, seat: Seat): TierPorts {
  const { engine, emit, host, counter, reached } = wiring
  const { signal } = host.lifetime
  const { fetched, base } = seat.prepared
  const { tree } = fetched
  const hooks = hooksOf(wiring, seat)
  return {
    emit,
    signal,
    reached,
    hooks,
    ...dataOf(wiring, seat.prepared),
    phases: createPhases(emit, () => performance.now()),
    abra: abraPort(wiring),
    checkout: (_, what) => (what === 'base' && base ? tree.toCommit(base.commit) : tree.toHead()),
    setEnv: (app, env) => writeEnv(app, env, reached),
    placeOverlay: (app, what) => placeOverlay(app, seat, { what, reached }),
    composeMeant,
    emptyOut: ({ domain }) =>
      emptyOut({ engine, abraDir: wiring.request.config.abraDir, domain }, signal),
    countDeploy: counter.bump,
    watch: (stack, stirred) =>
      watchStack(engine, stack, { signal, emit, stirred, fullDisk: () => fullDisk(engine) }),
    readStack: stack => readStack(engine, stack),
    serving: servingPort(wiring, hooks),
  }
}

function abraPort({ abra }: RunWiring): TierPorts['abra'] {
  const answer = ({ ok, ms, said, ended }: AbraAnswer): AbraAnswer => ({ ok, ms, said, ended })
  return {
    appNew: async ({ domain, recipe }, begun) => answer(await abra.appNew(domain, recipe, begun)),
    secretGenerate: async ({ domain }, begun) => answer(await abra.secretGenerate(domain, begun)),
    deploy: async ({ domain }, begun) => answer(await abra.deploy(domain, begun)),
    backupCreate: ({ domain }, begun) => abra.backupCreate(domain, begun),
    restore: ({ domain }, id, begun) => abra.restore(domain, id, begun),
  }
}

async function writeEnv(
  { envFile }: App,
  env: Readonly<Record<string, string>>,
  reached: Reached,
): Promise<void> {
  if (Object.keys(env).length === 0) return
  await writeEnvFile(envFile, setEnv((await readEnvFile(envFile)) ?? '', env), () => {
    reached('env.drafted')
  })
}

// The tree is fresh from a checkout, so a file that this deploy does not name is not in it.
async function placeOverlay(
  app: App,
  { prepared: { customisation, repair } }: Seat,
  { what, reached }: { readonly what: 'base' | 'head'; readonly reached: Reached },
): Promise<void> {
  const text = (await readEnvFile(app.envFile)) ?? ''
  const files = [
    { name: OVERLAY_FILE, from: customisation.overlay },
    { name: REPAIR_FILE, from: what === 'base' ? repair : undefined },
  ]
  let wanted = text
  for (const { name, from } of files) {
    if (from !== undefined) await copyFile(from.path, join(app.recipeDir, name))
    if (from !== undefined) reached('overlay.placed')
    wanted = from === undefined ? withoutComposeFile(wanted, name) : withComposeFile(wanted, name)
  }
  if (wanted !== text) await writeEnvFile(app.envFile, wanted)
}

function servingPort(wiring: RunWiring, hooks: HooksPort): TierPorts['serving'] {
  const { engine, request, host, emit, trust } = wiring
  const { gateway } = request.config
  const { signal } = host.lifetime
  return async (app, meta, { quiet } = { quiet: false }) => {
    const eyes = { signal, emit, fullDisk: () => fullDisk(engine) }
    await using watch = await watchStack(engine, app.stack, eyes)
    const seen = { doomed: quiet }
    const doomed = async (stop: AbortSignal) => {
      const failure = await watch.doomed(stop)
      seen.doomed ||= failure !== undefined
      return failure
    }
    const deadlineMs = meta.httpTimeoutMs
    const at = { domain: app.domain, gateway, trust, signal, emit, deadlineMs, doomed }
    const answered = await serving({ ...at, path: meta.healthPath, ok: meta.healthOk })
    const probing = {
      ...at,
      probes: meta.readyProbe,
      listens: (service: string, port: number) => listens(engine, app.stack, { service, port }),
    }
    const ready = answered.some(isBad) ? [] : await readyProbes(probing)
    const checks = [...answered, ...ready]
    if (!checks.some(isBad)) return [...checks, ...(await hooks.hook('ready_probe', null))]
    // Of a stack that is doomed everything has been told by now.
    if (!seen.doomed) await watch.tellAll()
    return checks
  }
}

function hooksOf(wiring: RunWiring, { app, prepared, logDir }: Seat): HooksPort {
  const { engine, request, host, folder, emit, run, abraDir, reached, mask } = wiring
  const { gateway, ca } = request.config
  return appHooks({
    run,
    emit,
    reached,
    customisation: prepared.customisation,
    env: withoutShown(childEnv(host.env, 'hook'), mask.shows),
    logDir,
    signal: host.lifetime.signal,
    facts: {
      recipe: app.recipe,
      recipeDir: app.recipeDir,
      runDir: folder.path,
      stack: app.stack,
      domain: app.domain,
      abraDir: abraDir.path,
      gateway: writtenAddress(gateway ?? { host: app.domain, port: 443 }),
      ca,
      nodeLoader: pathToFileURL(join(host.installDir, 'dist/lib/test/register.js')).href,
      versions: {
        base: prepared.base?.version ?? prepared.base?.commit ?? null,
        head: prepared.headVersion ?? null,
      },
      services: async () => (await readStack(engine, app.stack)).map(({ name }) => name),
      deps: () => Object.fromEntries(wiring.dependencies),
    },
  })
}
