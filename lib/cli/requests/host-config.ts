import { join, resolve } from 'node:path'
import type { Env } from '../../domain/env.js'
import type { Config, HostConfig } from '../../domain/request.js'
import { UsageFault } from '../../errors.js'
import { ASKED } from '../line/asked.js'
import { readConfigFile } from '../line/config-file.js'
import { readOption, understand, type Sources } from '../line/read-option.js'
import { SETTINGS } from '../line/settings.js'

/** What the process was started in. Read once at the door, handed on from there. */
export type Surroundings = {
  readonly env: Env
  readonly cwd: string
  readonly pid: number
  readonly home: string
  /** The folder that holds package.json. */
  readonly installDir: string
}

const MEGABYTE = 1024 * 1024
/** The keys of the config file. */
export const CONFIG_KEYS = Object.values(SETTINGS).map(setting => setting.key)

/** Brings command line, environment and config file together. @throws UsageFault for a bad config file. */
export async function gather(line: Sources['line'], { env, cwd }: Surroundings): Promise<Sources> {
  const early: Sources = { line, env, cwd, file: new Map() }
  const { path, file } = await readConfigFile(readOption(ASKED.config, early), CONFIG_KEYS)
  for (const setting of Object.values(SETTINGS)) {
    const given = file.get(setting.key)
    if (given !== undefined) understand<unknown>(given, setting)
  }
  return { ...early, file, configPath: path }
}

/** The operator's settings for a command that needs the wildcard suffix. @throws UsageFault without one. */
export function readConfig(sources: Sources, surroundings: Surroundings): Config {
  const domain = readOption(SETTINGS.domain, sources)
  if (domain === undefined) {
    throw new UsageFault(
      'Cannot name an app: no domain is configured',
      'Set "domain" in /etc/recipe-ci/config.yml or CCCI_DOMAIN to the wildcard suffix that CI alone uses',
    )
  }
  return Object.freeze({ ...readHostConfig(sources, surroundings), domain })
}

/** The operator's settings for a command that names no app. */
export function readHostConfig(sources: Sources, surroundings: Surroundings): HostConfig {
  return Object.freeze({
    ...readNetwork(sources),
    ...readFolders(sources, surroundings),
    deadlineMs: readOption(SETTINGS.deadline, sources) ?? 60 * 60_000,
    teardownMs: readOption(SETTINGS.teardown, sources) ?? 10 * 60_000,
    keepRuns: readOption(SETTINGS.keepRuns, sources) ?? 200,
    minFreeBytes: (readOption(SETTINGS.minFree, sources) ?? 1024) * MEGABYTE,
    repoLocal: readOption(SETTINGS.repoLocal, sources) ?? 'deny',
  })
}

function readNetwork(sources: Sources) {
  return {
    server: readOption(SETTINGS.server, sources) ?? SETTINGS.server.standard,
    gateway: readOption(SETTINGS.gateway, sources),
    ca: readOption(SETTINGS.ca, sources),
    upstreamBase: readOption(SETTINGS.upstreamBase, sources) ?? SETTINGS.upstreamBase.standard,
    mirrorBase: readOption(SETTINGS.mirrorBase, sources),
  }
}

function readFolders(sources: Sources, { env, cwd, home, installDir }: Surroundings) {
  const abraDir = env['ABRA_DIR']
  return {
    runsDir: readOption(SETTINGS.runsDir, sources) ?? SETTINGS.runsDir.standard,
    lockDir: readOption(SETTINGS.lockDir, sources) ?? SETTINGS.lockDir.standard,
    recipesDir: readOption(SETTINGS.recipesDir, sources) ?? join(installDir, 'tests/recipes'),
    stateDir: readOption(SETTINGS.stateDir, sources) ?? SETTINGS.stateDir.standard,
    secretsDir: readOption(SETTINGS.secretsDir, sources) ?? SETTINGS.secretsDir.standard,
    abraDir: abraDir === undefined || abraDir === '' ? join(home, '.abra') : resolve(cwd, abraDir),
  }
}
