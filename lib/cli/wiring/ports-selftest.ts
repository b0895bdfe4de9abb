import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findBot } from '../../backup/bot.js'
import { selftest, type SelftestPorts } from '../../commands/selftest.js'
import type { CrashPoint } from '../../domain/crash-points.js'
import type { HostSelftestRequest, SelftestRequest } from '../../domain/request.js'
import { EXIT, type ExitCode } from '../../errors.js'
import { findGuard } from '../../process/guard.js'
import { createProcessRunner } from '../../process/run-process.js'
import { appDomain } from '../../recipe/app-domain.js'
import { childBench } from '../../selftest/bench.js'
import { performRow } from '../../selftest/row.js'
import { makeSmallRecipe } from '../../selftest/small-recipe.js'
import { connectEngine, type Engine } from '../../swarm/engine.js'
import type { Host } from '../host.js'
import { performSelftestOnLab } from '../requests/selftest-lab.js'

/** `recipe-ci selftest`: on a lab of its own, or with this host as it is configured. */
export async function performSelftest(request: SelftestRequest, host: Host): Promise<ExitCode> {
  if (request.where === 'lab') return performSelftestOnLab(request, host)
  const engine = await connectEngine(host.env)
  const work = await mkdtemp(join(tmpdir(), 'recipe-ci-selftest-'))
  let exit: ExitCode = EXIT.fault
  try {
    exit = await selftest(request, await portsOf(request, { host, engine, work }))
    return exit
  } finally {
    engine.close()
    if (exit === EXIT.green) await rm(work, { recursive: true, force: true })
    else host.stderr.write(`recipe-ci: logs and run folders of the self-test: ${work}\n`)
  }
}

type Parts = { readonly host: Host; readonly engine: Engine; readonly work: string }

async function portsOf(
  request: HostSelftestRequest,
  { host, engine, work }: Parts,
): Promise<SelftestPorts> {
  const { config, image, pr, configFile } = request
  const { env, installDir, lifetime, stdout, stderr } = host
  const { signal } = lifetime
  const guard = await findGuard(env, installDir)
  const run = createProcessRunner({ guard, mask: text => text })
  const recipe = await makeSmallRecipe(work, { run, env, signal, installDir, image })
  const runsDir = join(work, 'runs')
  const program = join(installDir, 'bin/recipe-ci')
  const domain = appDomain({ recipe: recipe.name, pr, ref: undefined }, config.domain)
  const { abraDir, lockDir, stateDir } = config
  const places = { engine, suffix: config.domain, abraDir, lockDir, stateDir, runsDir }
  const inner = configFile === undefined ? env : { ...env, RECIPE_CI_CONFIG: configFile }
  const started = { program, env: inner, cwd: request.cwd, recipe, runsDir, pr, signal }
  const bench = childBench({ ...started, logDir: join(work, 'logs') })
  const text = request.json ? stderr : stdout
  return {
    hasBot: async () => (await findBot(engine)) !== undefined,
    performRow: row => performRow(row, { bench, places, domain, signal }),
    lastSweep: async () => {
      await bench.sweep('last-sweep', { lasting: true })
    },
    say: words => {
      text.write(`${words}\n`)
    },
    json: report => {
      if (request.json) stdout.write(`${JSON.stringify(report, null, 2)}\n`)
    },
    announce: (rows, leftOut) =>
      announcement({ domain, image, rows: rows.length, leftOut, work, lockDir, stateDir }),
  }
}

type Announced = {
  readonly domain: string
  readonly image: string
  readonly rows: number
  readonly leftOut: readonly CrashPoint[]
  readonly work: string
  readonly lockDir: string
  readonly stateDir: string
}

function announcement(about: Announced): string {
  const { domain, image, rows, leftOut, work, lockDir, stateDir } = about
  const backup =
    leftOut.length > 0
      ? `no backup bot answers: ${leftOut.length} points are left out`
      : 'a few snapshots of that app are asked for through abra, and stay in the repository'
  return [
    'recipe-ci selftest is about to use this host, and nothing of it but this:',
    `  app      ${domain}, one at a time: the self-test's own recipe, image ${image}`,
    `  points   ${rows}: at each a process of recipe-ci is killed, then one janitor sweep follows`,
    '  sweeps   remove what any dead run left, as the sweep before every run does',
    `  backup   ${backup}`,
    `  files    ${work}; locks in ${lockDir}, leases in ${stateDir}`,
    'It starts no proxy and no backup bot, and touches no other app.',
    '',
  ].join('\n')
}
