import { parseRunId, type RecipeName, type RunId } from '../../domain/names.js'
import type { Env } from '../../domain/env.js'
import type { HostConfig, RunRequest, Source } from '../../domain/request.js'
import { TIERS } from '../../domain/tiers.js'
import { UsageFault } from '../../errors.js'
import { appDomain } from '../../recipe/app-domain.js'
import { ASKED } from '../line/asked.js'
import { readConfig, type Surroundings } from './host-config.js'
import { lookUp, readOption, understand, type Sources } from '../line/read-option.js'
import { readSkipGeneric } from './skip-generic.js'
import { parseSource } from '../line/source.js'
import { runWarnings } from './warnings.js'

/** @throws UsageFault for anything malformed: nothing has been touched by then. */
export function readRunRequest(sources: Sources, surroundings: Surroundings): RunRequest {
  const recipe = readRecipe(sources)
  const { ref, version } = readTarget(sources)
  const pr = readOption(ASKED.pr, sources) ?? 0
  const tiers = readOption(ASKED.stages, sources) ?? TIERS
  const format = readOption(ASKED.format, sources) ?? 'human'
  const config = readConfig(sources, surroundings)
  const underCi = isUnderCi(surroundings.env)
  const request = {
    recipe,
    ref,
    version,
    pr,
    src: readSource(sources, recipe, config),
    tiers,
    ...readFlags(sources),
    keep: readKeep(sources, underCi),
    runId: readRunId(sources, surroundings.pid),
    format,
    skipGeneric: readSkipGeneric(surroundings.env),
    buildLink: readBuildLink(surroundings.env),
    underCi,
    domain: appDomain({ recipe, pr, ref: version ?? ref }, config.domain),
    config,
  } satisfies Omit<RunRequest, 'warnings'>
  return Object.freeze({ ...request, warnings: runWarnings(request, surroundings.env) })
}

/** The recipe that was named. @throws UsageFault when none was. */
export function readRecipe(sources: Sources): RecipeName {
  const recipe = readOption(ASKED.recipe, sources)
  if (recipe !== undefined) return recipe
  throw new UsageFault('Cannot start: no recipe is named', 'Name it as the argument or in RECIPE')
}

/** Where the recipe is cloned from: what was said, else its upstream. */
export function readSource(sources: Sources, recipe: RecipeName, config: HostConfig): Source {
  const given = lookUp(ASKED.src, sources)
  if (given === undefined) {
    return { kind: 'upstream', location: `${config.upstreamBase}/${recipe}.git` }
  }
  return understand(given, { parse: text => parseSource(text, config.mirrorBase) })
}

export function readRunId(sources: Sources, pid: number): RunId {
  const asked = readOption(ASKED.runId, sources) ?? parseRunId(`manual-${pid}`)
  if (asked === undefined) throw new RangeError(`No run id can be made of the process id ${pid}`)
  return asked
}

function readTarget(sources: Sources): { ref: string | undefined; version: string | undefined } {
  const ref = readOption(ASKED.ref, sources)
  const version = readOption(ASKED.version, sources)
  if (ref === undefined || version === undefined) return { ref, version }
  const places = [lookUp(ASKED.ref, sources), lookUp(ASKED.version, sources)]
  throw new UsageFault(
    `Cannot test a commit and a published version at once: ${places.map(at => at?.place).join(' and ')} are both given`,
    'Leave one of the two out',
  )
}

function readFlags(sources: Sources) {
  const flag = (option: (typeof ASKED)['quick']): boolean => readOption(option, sources) ?? false
  return {
    quick: flag(ASKED.quick),
    skipFetch: flag(ASKED.skipFetch),
    replaceKept: flag(ASKED.replaceKept),
    freshRestore: flag(ASKED.freshRestore),
    detached: flag(ASKED.detached),
    plan: flag(ASKED.plan),
  }
}

function readKeep(sources: Sources, underCi: boolean): boolean {
  const keep = readOption(ASKED.keep, sources) ?? false
  if (keep && underCi) {
    throw new UsageFault(
      'Cannot keep the app: DRONE or CI is set, and nobody would take it down',
      'Leave --keep out, or run it by hand without DRONE and CI',
    )
  }
  return keep
}

function isUnderCi(env: Env): boolean {
  return [env['DRONE'], env['CI']].some(value => !['', '0', 'false', undefined].includes(value))
}

function readBuildLink(env: Env): string | undefined {
  const link = env['DRONE_BUILD_LINK'] ?? ''
  return /^https?:\/\/[^\s\p{Cc}]+$/u.test(link) ? link : undefined
}
