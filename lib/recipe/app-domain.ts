import { createHash } from 'node:crypto'
import { CANONICAL_PREFIX, parseAppDomain, type AppDomain } from '../domain/names.js'
import { Fault, UsageFault } from '../errors.js'

/** Swarm refuses longer names of secrets and configs. */
const LONGEST_NAME = 64

/** What makes two runs the same app: same recipe, pull request and ref share one domain, hence one lock. */
export type AppIdentity = {
  readonly recipe: string
  readonly pr: number
  /** As requested, before resolution; the version with `--target-version`; empty or undefined otherwise. */
  readonly ref: string | undefined
}

/** A name that Swarm will refuse. */
export type LongName = {
  readonly kind: 'secret' | 'config'
  readonly name: string
  readonly length: number
}

/** The names a recipe gives its secrets and configs do not fit beside this host's suffix. */
export class NamesTooLong extends Fault {
  readonly code = 'RCI_NAMES_TOO_LONG'
  readonly hint = 'Shorten the name in the recipe, or use a shorter wildcard suffix'
  readonly names: readonly LongName[]

  constructor(names: readonly LongName[]) {
    const list = names.map(({ kind, name, length }) => `${kind} "${name}" (${length})`).join(', ')
    super(`Cannot deploy the recipe: Swarm allows ${LONGEST_NAME} characters, too long: ${list}`)
    this.names = names
  }
}

/**
 * The domain of the app under test: four characters of the recipe's name (three, where four would read as a canonical)
 * and six hex digits over what was requested.
 *
 * @throws UsageFault when nothing of the name is left, or the suffix is no domain.
 */
export function appDomain(identity: AppIdentity, suffix: string): AppDomain {
  return domainOf(identity.recipe, identityText(identity), suffix)
}

/**
 * The domain of a dependency of the app under test, one for each app that depends on it.
 *
 * @throws UsageFault when the recipe names itself.
 */
export function dependencyDomain(
  dependency: string,
  identity: AppIdentity,
  suffix: string,
): AppDomain {
  if (dependency === identity.recipe)
    throw new UsageFault(
      `Cannot deploy "${dependency}" as a dependency: the recipe names itself in DEPS`,
      'Remove it from DEPS in recipe-ci.yml',
    )
  return domainOf(dependency, `${dependency}|${identityText(identity)}`, suffix)
}

function identityText({ recipe, pr, ref }: AppIdentity): string {
  return `${recipe}|${pr}|${ref ?? ''}`
}

function domainOf(name: string, hashed: string, suffix: string): AppDomain {
  const hash = createHash('sha256').update(hashed, 'utf8').digest('hex').slice(0, 6)
  const domain = parseAppDomain(`${prefixOf(name)}-${hash}.${suffix}`, suffix)
  if (domain === undefined)
    throw new UsageFault(
      `Cannot name an app of the recipe "${name}": no letter or digit in it`,
      'Give the recipe a name with at least one of a-z and 0-9',
    )
  return domain
}

function prefixOf(name: string): string {
  const prefix = name
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
    .slice(0, 4)
  return prefix === CANONICAL_PREFIX ? prefix.slice(0, 3) : prefix
}

/** Those names of secrets and configs that Swarm will refuse. */
export function longNames(
  named: readonly { readonly kind: 'secret' | 'config'; readonly name: string }[],
): readonly LongName[] {
  return named
    .map(({ kind, name }) => ({ kind, name, length: name.length }))
    .filter(({ length }) => length > LONGEST_NAME)
}
