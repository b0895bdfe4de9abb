import type { JanitorRequest } from '../../domain/request.js'
import { ASKED } from '../line/asked.js'
import { readConfig, type Surroundings } from './host-config.js'
import { readOption, type Sources } from '../line/read-option.js'
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
