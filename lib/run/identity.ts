import type { Check } from '../domain/check.js'
import type { CommitId, StackName } from '../domain/names.js'

/** The part of a deployed service that says which recipe it came from. */
export type Labelled = {
  readonly name: string
  readonly image: string
  readonly labels: Readonly<Record<string, string>>
  /** Those of its containers, where the service itself says nothing. */
  readonly containerLabels?: Readonly<Record<string, string>>
}

/** What runs, as the stack itself says it: recorded after each deploy. */
export type Identity = {
  readonly version: string | undefined
  /** Seven or more hex digits of the deployed commit, without the `+U` of a dirty tree. */
  readonly chaosVersion: string | undefined
  /** The same by service, of those that say it. */
  readonly commits: Readonly<Record<string, string>>
  readonly images: Readonly<Record<string, string>>
}

/**
 * Reads the identity from the labels that abra writes, on every service or on `app` only. What `app` says comes before what
 * others say.
 */
export function identityOf(stack: StackName, services: readonly Labelled[]): Identity {
  const said = (label: string): Readonly<Record<string, string>> => {
    const key = `coop-cloud.${stack}.${label}`
    const all = services.map(
      ({ name, labels, containerLabels }) =>
        [name, labels[key] ?? containerLabels?.[key] ?? ''] as const,
    )
    return Object.fromEntries(all.filter(([, value]) => value !== ''))
  }
  const commits = Object.fromEntries(
    Object.entries(said('chaos-version')).map(([name, value]) => [name, value.replace(/\+U$/, '')]),
  )
  return {
    version: firstOf(said('version')),
    chaosVersion: firstOf(commits),
    commits,
    images: Object.fromEntries(services.map(({ name, image }) => [name, withoutDigest(image)])),
  }
}

/** True when a service says that it runs this commit. */
export function runsCommit({ commits }: Identity, commit: CommitId): boolean {
  return Object.values(commits).some(seen => isOf(commit, seen))
}

function isOf(commit: CommitId, seen: string): boolean {
  return /^[0-9a-f]{7,40}$/.test(seen) && commit.startsWith(seen)
}

/** What was meant to be deployed. */
export type Meant = {
  readonly commit: CommitId
  readonly version: string | undefined
  /**
   * The services of its compose files: abra prunes nothing, so what an older version left beside them says what it always
   * said. Empty: unknown, all are asked.
   */
  readonly services: readonly string[]
  /** What ran before. */
  readonly before?: Identity | undefined
}

const NAME = 'deployed commit'

/**
 * Is the commit that was meant to be deployed the one that the stack says it runs? Every service that says one has to name
 * it. Some versions of abra write their labels on `app` only: a recipe without such a service is known by the version label
 * of its own compose file, which proves something only when it was another one before.
 */
export function commitCheck(identity: Identity, meant: Meant): Check {
  const { commit, services } = meant
  const said = Object.entries(identity.commits).filter(
    ([name]) => services.length === 0 || services.includes(name),
  )
  if (said.length === 0) return versionCheck(identity, meant)
  const other = said.find(([, seen]) => !isOf(commit, seen))
  if (other === undefined) {
    const [[, seen] = ['', '']] = said
    const who = said.map(([name]) => name).join(', ')
    return { name: NAME, status: 'pass', ms: 0, detail: `chaos-version ${seen} on ${who}` }
  }
  const [service, seen] = other
  const sentence = `The service "${service}" says it runs ${seen}, not the commit ${short(commit)} that was deployed`
  return unproven('fail', sentence, {
    evidence: `label chaos-version of ${service}: ${seen}`,
    fix: 'Check that the deploy really reached the stack and that abra writes its labels',
  })
}

function versionCheck({ version: seen }: Identity, { commit, version, before }: Meant): Check {
  const told = version !== undefined && seen === version
  if (told && before?.version !== version)
    return {
      name: NAME,
      status: 'pass',
      ms: 0,
      detail: `version ${version}, and no chaos-version label`,
    }
  const why = told
    ? `the version ${version} was there before it as well`
    : `its version label says ${seen ?? 'nothing'}`
  const sentence = `No service says which commit it runs, and ${why}: ${short(commit)} cannot be proven`
  return unproven('unver', sentence, {
    evidence: 'label chaos-version: absent',
    fix: 'Call the main service "app": there are versions of abra that write their labels on no other',
  })
}

function unproven(
  status: 'fail' | 'unver',
  sentence: string,
  { evidence, fix }: { readonly evidence: string; readonly fix: string },
): Check {
  const cause = { class: 'not_verified', sentence, evidence, fix } as const
  return { name: NAME, status, ms: 0, detail: sentence, cause }
}

function short(commit: CommitId): string {
  return commit.slice(0, 8)
}

/** Did the upgrade change anything? At least one of version, images and commit must differ. */
export function movedCheck(before: Identity, after: Identity): Check {
  const name = 'identity moved'
  const moves = differences(before, after)
  if (moves.length > 0) return { name, status: 'pass', ms: 0, detail: moves.join('; ') }
  const sentence = 'The upgrade moved nothing: version, images and commit are what they were before'
  return {
    name,
    status: 'unver',
    ms: 0,
    detail: sentence,
    cause: {
      class: 'not_verified',
      sentence,
      evidence: `version ${after.version ?? 'unknown'}, commit ${commitsIn(after) ?? 'unknown'}`,
      fix: 'Choose a base that differs from the head (UPGRADE_BASE_VERSION)',
    },
  }
}

function differences(before: Identity, after: Identity): string[] {
  const moves: string[] = []
  const note = (what: string, from: string | undefined, to: string | undefined): void => {
    if (from !== to) moves.push(`${what} ${from ?? 'none'} → ${to ?? 'none'}`)
  }
  note('version', before.version, after.version)
  note('commit', commitsIn(before), commitsIn(after))
  // A service that the head does not have is left running, and no longer listed: that proves no deploy.
  for (const service of Object.keys(after.images))
    note(`image of ${service}`, before.images[service], after.images[service])
  return moves
}

function firstOf(said: Readonly<Record<string, string>>): string | undefined {
  return said['app'] ?? Object.values(said)[0]
}

function commitsIn({ commits }: Identity): string | undefined {
  const seen = new Set(Object.values(commits))
  return seen.size === 0 ? undefined : [...seen].join(', ')
}

function withoutDigest(image: string): string {
  return image.split('@')[0] ?? image
}
