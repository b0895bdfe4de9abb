import type { HostConfig, SettingRow } from '../../domain/request.js'
import { writtenAddress } from '../../domain/written-address.js'
import { readHostConfig, type Surroundings } from './host-config.js'
import { lookUp, readOption, type Sources } from '../line/read-option.js'
import { SETTINGS } from '../line/settings.js'

type Key = keyof typeof SETTINGS
type Shown = HostConfig & { readonly domain: string | undefined }

const MINUTE_MS = 60_000

/** How each setting is written in a config file. Beside the registry, so that the compiler asks for every new one. */
const VALUES: Readonly<Record<Key, (config: Shown) => string | number | undefined>> = {
  domain: ({ domain }) => domain,
  server: ({ server }) => server,
  gateway: ({ gateway }) => gateway && writtenAddress(gateway),
  ca: ({ ca }) => ca,
  upstreamBase: ({ upstreamBase }) => upstreamBase,
  mirrorBase: ({ mirrorBase }) => mirrorBase,
  runsDir: ({ runsDir }) => runsDir,
  lockDir: ({ lockDir }) => lockDir,
  recipesDir: ({ recipesDir }) => recipesDir,
  stateDir: ({ stateDir }) => stateDir,
  secretsDir: ({ secretsDir }) => secretsDir,
  deadline: ({ deadlineMs }) => deadlineMs / MINUTE_MS,
  teardown: ({ teardownMs }) => teardownMs / MINUTE_MS,
  keepRuns: ({ keepRuns }) => keepRuns,
  minFree: ({ minFreeBytes }) => minFreeBytes / (1024 * 1024),
  repoLocal: ({ repoLocal }) => repoLocal,
}

/** Every setting as it counts, and who gave it. @throws UsageFault for a malformed one. */
export function configRows(sources: Sources, surroundings: Surroundings): readonly SettingRow[] {
  const domain = readOption(SETTINGS.domain, sources)
  const config = { ...readHostConfig(sources, surroundings), domain }
  return (Object.keys(SETTINGS) as Key[]).map(name => ({
    key: SETTINGS[name].key,
    value: VALUES[name](config) ?? null,
    origin: lookUp(SETTINGS[name], sources)?.origin ?? { kind: 'default' },
  }))
}
