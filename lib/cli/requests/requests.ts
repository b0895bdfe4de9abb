import type {
  CompletionRequest,
  ConfigRequest,
  FetchRequest,
  SetupRequest,
} from '../../domain/request.js'
import { UsageFault } from '../../errors.js'
import { ASKED, SHELLS } from '../line/asked.js'
import { configRows } from './config-rows.js'
import { readHostConfig, type Surroundings } from './host-config.js'
import { readOption, type Sources } from '../line/read-option.js'
import { readRecipe, readRunId, readSource } from './run-request.js'

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

/** @throws UsageFault for anything malformed. */
export function readConfigRequest(sources: Sources, surroundings: Surroundings): ConfigRequest {
  const { secretsDir, upstreamBase, mirrorBase } = readHostConfig(sources, surroundings)
  return Object.freeze({
    show: readOption(ASKED.show, sources) ?? false,
    json: readOption(ASKED.json, sources) ?? false,
    file: sources.configPath,
    keys: sources.file.size,
    settings: configRows(sources, surroundings),
    around: { secretsDir, upstreamBase, mirrorBase },
  })
}

/** @throws UsageFault when no shell is named, or one that is not known. */
export function readCompletionRequest(
  line: Sources['line'],
  { env, cwd }: Surroundings,
): CompletionRequest {
  const shell = readOption(ASKED.shell, { line, env, cwd, file: new Map() })
  if (shell !== undefined) return { shell }
  throw new UsageFault(
    'Cannot complete: no shell is named',
    `Name one of ${SHELLS.join(', ')}: recipe-ci completion bash`,
  )
}
