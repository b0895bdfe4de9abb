import { abraFacts } from '../../abra/flags.js'
import { doctor } from '../../commands/doctor.js'
import type { DoctorRequest } from '../../domain/request.js'
import type { ExitCode } from '../../errors.js'
import { once, type Bench } from '../../doctor/bench.js'
import { CHECKS } from '../../doctor/checks.js'
import { probeName } from '../../doctor/checks/gateway.js'
import type { EngineInfo } from '../../doctor/engine-info.js'
import { examine } from '../../doctor/examine.js'
import { get } from '../../health/https-request.js'
import { loadTrust } from '../../health/trust.js'
import { childEnv } from '../../process/child-env.js'
import { findGuard } from '../../process/guard.js'
import { createProcessRunner } from '../../process/run-process.js'
import { outputMode } from '../../report/output-mode.js'
import { createPaint } from '../../report/paint.js'
import { connectEngine } from '../../swarm/engine.js'
import type { Host } from '../host.js'
import { printer } from './printer.js'
import { learnSecrets, type Learned } from './secrets.js'

const ASK_MS = 8_000

/** `recipe-ci doctor`: looks at everything a run would use, with what a run would look with; changes nothing. */
export async function performDoctor(request: DoctorRequest, host: Host): Promise<ExitCode> {
  const { env, stdout, lifetime } = host
  const learned = await learnSecrets(request.config, env)
  const { mask } = learned.mask
  host.maskWith(mask)
  const bench = benchOf(request, host, learned)
  const { color } = outputMode(env, stdout.isTTY)
  try {
    return await doctor(request, {
      examine: () => examine(CHECKS, bench, lifetime.signal),
      paint: await createPaint(color && !request.json),
      print: printer(stdout, mask),
    })
  } finally {
    await bench.engine().then(
      engine => {
        engine.close()
      },
      () => undefined,
    )
  }
}

function benchOf(request: DoctorRequest, host: Host, { mask: { mask }, folder }: Learned): Bench {
  const { config, domain, configFile, problems } = request
  const { env, installDir, pid, lifetime } = host
  const guard = once(() => findGuard(env, installDir))
  const run = once(async () => createProcessRunner({ guard: await guard(), mask }))
  const engine = once(() => connectEngine(env))
  const abraEnv = childEnv(env, 'abra', { ABRA_CI: '1', ABRA_DIR: config.abraDir })
  return {
    ...{ env, config, domain, configFile, problems, installDir, pid, abraEnv, guard, run, engine },
    now: () => new Date(),
    info: once(async () => (await engine()).get<EngineInfo>('/info')),
    abra: once(async () => abraFacts({ run: await run(), env: abraEnv, stateDir: undefined })),
    secrets: folder,
    answer: once(async () =>
      get({
        address: { domain: probeName(domain ?? ''), gateway: config.gateway },
        path: '/',
        trust: await loadTrust(config.ca),
        deadlineMs: ASK_MS,
        signal: lifetime.signal,
      }),
    ),
  }
}
