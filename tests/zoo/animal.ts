import type { CauseClass } from '../../lib/domain/cause.js'
import type { Rung, Status } from '../../lib/domain/tiers.js'
import { RECIPES } from '../lab/recipes/generate.js'
import type { Edit, RecipeSpec, Release } from '../lab/recipes/recipe-spec.js'
import type { Place } from './place.js'

/** What has to be said of an animal. */
export type Expected = {
  readonly exit: 0 | 1 | 7
  /** Rungs that matter here; what is not named may be anything that fits the exit code. */
  readonly rungs: Readonly<Partial<Record<Rung, Status>>>
  /** Undefined: no cause at all. `no_node` as results.json has it. */
  readonly cause: CauseClass | undefined
  /** What sentence and evidence of the cause must show. */
  readonly says?: RegExp
  /** A check that must be there, with what it came to. */
  readonly check?: { readonly name: RegExp; readonly status: Status }
  /** The verdict must stand within 30 s of the evidence: the deploy is doomed. */
  readonly doomed?: boolean
  /** Left behind on purpose, and taken away by `prepare`'s undo. */
  readonly leaves?: boolean
}

/** A recipe with one planted defect, or a good one that looks suspicious. */
export type Animal = {
  /** Name of the recipe. */
  readonly name: string
  readonly about: string
  readonly releases: readonly [Release, ...Release[]]
  /** Recipes that it needs and that the lab does not have. */
  readonly beside?: readonly RecipeSpec[]
  /** What the operator keeps beside the recipe, by path below its folder. */
  readonly custom?: Readonly<Record<string, string>>
  readonly args?: readonly string[]
  readonly env?: (place: Place) => Readonly<Record<string, string>>
  /** Sets up what the animal needs outside its recipe; resolves to what takes it away again. */
  readonly prepare?: (place: Place) => Promise<() => Promise<void>>
  readonly expected: Expected
  /** Part of `npm test`. */
  readonly spread?: boolean
}

const COMPOSE = 'compose.yml'

export const inCompose = (from: string, to: string): Edit => ({ file: COMPOSE, from, to })

/** The site's own command, in the compose file. */
export const runs = (command: string): Edit =>
  inCompose('image: __IMAGE_WEB__', `image: __IMAGE_WEB__\n    command: ${shell(command)}`)

/** A line of shell as YAML; a dollar is doubled, since compose files fill in variables. */
export const shell = (script: string): string =>
  JSON.stringify(['sh', '-c', script]).replaceAll('$', '$$$$')

/** One more service, as a block of YAML. */
export const withService = (block: string): Edit =>
  inCompose('\nnetworks:\n  proxy:', `\n${block}\nnetworks:\n  proxy:`)

/** More lines at the end of the deploy section of the site's `app`. */
export const underDeploy = (lines: string): Edit =>
  inCompose('    deploy:\n      update_config:', `    deploy:\n${lines}\n      update_config:`)

export const HEALTH_PORT = '"http://127.0.0.1:80/"]'
export const GENTLE = 'failure_action: rollback\n        order: start-first'
export const HARSH = 'failure_action: pause\n        order: stop-first'

/** One release only: nothing to upgrade from. */
export const only = (layer: string, edits: readonly Edit[], more: Partial<Release> = {}) =>
  [{ version: '1.0.0+1.0', layers: [layer], edits, ...more }] as const

/** The same edits in both of two releases. */
export const both = (layer: string, edits: readonly Edit[], more: Partial<Release> = {}) =>
  [
    { version: '1.0.0+1.0', layers: [layer], edits, ...more },
    { version: '1.1.0+1.1', layers: [layer], edits, ...more },
  ] as const

/** A good release and after it one with these edits. */
export const then = (layer: string, edits: readonly Edit[], more: Partial<Release> = {}) =>
  [
    { version: '1.0.0+1.0', layers: [layer] },
    { version: '1.1.0+1.1', layers: [layer], edits, ...more },
  ] as const

/** A recipe of the lab, as it is. */
export function fromLab(name: string): Pick<Animal, 'name' | 'about' | 'releases'> {
  const spec = RECIPES.find(each => each.name === name)
  if (spec === undefined) throw new Error(`The lab has no recipe "${name}"`)
  const { about, releases } = spec
  return { name, about, releases }
}

/** Settings of the operator for a recipe. */
export const meta = (lines: string): Readonly<Record<string, string>> => ({
  'recipe-ci.yml': `${lines}\n`,
})

/** Red at this rung for this cause. */
export function red(rung: Rung, cause: CauseClass, says?: RegExp): Expected {
  return { exit: 7, rungs: { [rung]: 'fail' }, cause, ...(says ? { says } : {}) }
}

/** Red at this rung since Swarm will never bring it up: told within 30 s of the evidence. */
export function doomed(rung: Rung, cause: CauseClass, says?: RegExp): Expected {
  return { ...red(rung, cause, says), doomed: true }
}

/** Red since something was not verified. */
export function unverified(rung: Rung, cause: CauseClass, says?: RegExp): Expected {
  return { ...red(rung, cause, says), rungs: { [rung]: 'unver' } }
}

/** No verdict on the recipe: the bench could not test it. */
export function fault(cause: CauseClass, says?: RegExp): Expected {
  return { exit: 1, rungs: {}, cause, ...(says ? { says } : {}) }
}

/** Green; rungs that are not named pass or are skipped. */
export function green(rungs: Expected['rungs'] = { install: 'pass', upgrade: 'pass' }): Expected {
  return { exit: 0, rungs, cause: undefined }
}
