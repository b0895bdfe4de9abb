import type { DoctorRequest } from '../../domain/request.js'
import { UsageFault } from '../../errors.js'
import { ASKED } from '../line/asked.js'
import { readConfigFile } from '../line/config-file.js'
import { CONFIG_KEYS, readHostConfig, type Surroundings } from './host-config.js'
import { lookUp, readOption, type Sources } from '../line/read-option.js'
import { SETTINGS } from '../line/settings.js'

type Problem = DoctorRequest['problems'][number]

/**
 * Reads what can be read: what is malformed in the config file or the environment becomes a problem to tell, and its
 * default stands in. @throws UsageFault for what is malformed on the command line itself.
 */
export async function readDoctorRequest(
  line: Sources['line'],
  surroundings: Surroundings,
): Promise<DoctorRequest> {
  const { env, cwd } = surroundings
  const problems: Problem[] = []
  const bare: Sources = { line, env, cwd, file: new Map() }
  const json = readOption(ASKED.json, bare) ?? false
  const read = await attempt(problems, () =>
    readConfigFile(readOption(ASKED.config, bare), CONFIG_KEYS),
  )
  const sources = withoutMalformed({ ...bare, file: read?.file ?? new Map() }, problems)
  return Object.freeze({
    json,
    problems,
    configFile: read?.path,
    config: readHostConfig(sources, surroundings),
    domain: readOption(SETTINGS.domain, sources),
  })
}

async function attempt<T>(problems: Problem[], read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read()
  } catch (error) {
    problems.push(problemOf(error))
    return undefined
  }
}

/** The sources without the settings that cannot be understood. */
function withoutMalformed(sources: Sources, problems: Problem[]): Sources {
  const env: Record<string, string | undefined> = { ...sources.env }
  const file = new Map(sources.file)
  for (const setting of Object.values(SETTINGS)) {
    try {
      readOption<unknown>(setting, sources)
    } catch (error) {
      if (lookUp(setting, sources)?.origin.kind === 'option') throw error
      problems.push(problemOf(error))
      file.delete(setting.key)
      for (const name of setting.env) env[name] = undefined
    }
  }
  return { ...sources, env, file }
}

function problemOf(error: unknown): Problem {
  if (!(error instanceof UsageFault)) throw error
  return { message: error.message, fix: error.hint }
}
