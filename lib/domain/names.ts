declare const brand: unique symbol
type Branded<Name extends string> = string & { readonly [brand]: Name }

/** A Co-op Cloud package: the name of its git repository. */
export type RecipeName = Branded<'RecipeName'>
/** Names a run's folder. */
export type RunId = Branded<'RunId'>
/** Forty lower-case hex digits. */
export type CommitId = Branded<'CommitId'>
/** The address and identity of an app: `ghos-3fa9c1.ci.example.org`. */
export type AppDomain = Branded<'AppDomain'>
/** Swarm's name for an app: its domain with dots turned to underscores, hyphens kept. */
export type StackName = Branded<'StackName'>

const RECIPE = /^[a-z0-9][a-z0-9_.-]{0,62}$/
const RUN_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/
const COMMIT = /^[0-9a-f]{40}$/

export function parseRecipeName(text: string): RecipeName | undefined {
  return RECIPE.test(text) ? (text as RecipeName) : undefined
}

export function parseRunId(text: string): RunId | undefined {
  return RUN_ID.test(text) ? (text as RunId) : undefined
}

export function parseCommitId(text: string): CommitId | undefined {
  return COMMIT.test(text) ? (text as CommitId) : undefined
}

/** Begins the name of a canonical app: `warm-<recipe>`. No run app is called so. */
export const CANONICAL_PREFIX = 'warm'

/**
 * Recognises the domains that only runs produce, anchored at both ends. It is an allowlist: `warm-<recipe>`,
 * canonical and infrastructure apps can never match; not even `warm-facade`, whose recipe reads as six hex digits.
 */
function runAppPattern(suffix: string): RegExp {
  const shape = `(?!${CANONICAL_PREFIX}-)[a-z0-9]{1,4}-[0-9a-f]{6}`
  return new RegExp(`^${shape}\\.${escapeRegExp(suffix)}$`)
}

/** A domain of the run-app shape below `suffix`, else undefined: the only door to {@link AppDomain}. */
export function parseAppDomain(text: string, suffix: string): AppDomain | undefined {
  return runAppPattern(suffix).test(text) ? (text as AppDomain) : undefined
}

export function stackOf(domain: AppDomain): StackName {
  return domain.replaceAll('.', '_') as StackName
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
