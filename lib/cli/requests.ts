import type { FetchRequest, JanitorRequest, SetupRequest } from '../domain/request.js'
import { ASKED } from './asked.js'
import { readConfig, readHostConfig, type Surroundings } from './host-config.js'
import { readOption, type Sources } from './read-option.js'
import { readRecipe, readRunId, readSource } from './run-request.js'
import { hostWarnings } from './warnings.js'

/** @throws UsageFault for anything malformed. */
export function readJanitorRequest(sources: Sources, surroundings: Surroundings): JanitorRequest {
  return Object.freeze({
    dryRun: readOption(ASKED.dryRun, sources) ?? false,
    json: readOption(ASKED.json, sources) ?? false,
    warnings: hostWarnings(surroundings.env),
    config: readConfig(sources, surroundings),
  })
}

/** @throws UsageFault for anything malformed. */
export function readFetchRequest(sources: Sources, surroundings: Surroundings): FetchRequest {
  const recipe = readRecipe(sources)
  const config = readHostConfig(sources, surroundings)
  return Object.freeze({
    recipe,
    ref: readOption(ASKED.ref, sources),
    src: readSource(sources, recipe, config),
    config,
  })
}

/** @throws UsageFault for anything malformed. */
export function readSetupRequest(sources: Sources, surroundings: Surroundings): SetupRequest {
  return Object.freeze({
    runId: readRunId(sources, surroundings.pid),
    config: readHostConfig(sources, surroundings),
  })
}
