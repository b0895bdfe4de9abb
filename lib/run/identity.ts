import type { Check } from '../domain/check.js'
import type { CommitId, StackName } from '../domain/names.js'

/** The part of a deployed service that says which recipe it came from. */
export type Labelled = {
  readonly name: string
  readonly image: string
  readonly labels: Readonly<Record<string, string>>
}

/** What runs, as the stack itself says it: recorded after each deploy. */
export type Identity = {
  readonly version: string | undefined
  /** Seven or more hex digits of the deployed commit, without the `+U` of a dirty tree. */
  readonly chaosVersion: string | undefined
  readonly images: Readonly<Record<string, string>>
}

/** Reads the identity from the labels that abra writes, on every service or on `app` only. */
export function identityOf(stack: StackName, services: readonly Labelled[]): Identity {
  const label = (name: string): string | undefined =>
    services.map(({ labels }) => labels[`coop-cloud.${stack}.${name}`]).find(isSaid)
  return {
    version: label('version'),
    chaosVersion: label('chaos-version')?.replace(/\+U$/, ''),
    images: Object.fromEntries(services.map(({ name, image }) => [name, withoutDigest(image)])),
  }
}

/** True when the identity's chaos version names this commit. */
export function runsCommit(identity: Identity, commit: CommitId): boolean {
  const seen = identity.chaosVersion
  return seen !== undefined && /^[0-9a-f]{7,40}$/.test(seen) && commit.startsWith(seen)
}

/** What was meant to be deployed. */
export type Meant = { readonly commit: CommitId; readonly version: string | undefined }

/**
 * Is the commit that was meant to be deployed the one that the stack says it runs? Some versions of abra write their
 * labels on `app` only: a recipe without such a service is known by the version label of its own compose file.
 */
export function commitCheck(identity: Identity, { commit, version }: Meant): Check {
  const name = 'deployed commit'
  const want = commit.slice(0, 8)
  if (runsCommit(identity, commit))
    return { name, status: 'pass', ms: 0, detail: `chaos-version ${identity.chaosVersion ?? ''}` }
  if (identity.chaosVersion === undefined && version !== undefined && identity.version === version)
    return { name, status: 'pass', ms: 0, detail: `version ${version}, and no chaos-version label` }
  const seen = identity.chaosVersion
  const sentence =
    seen === undefined
      ? `No service says which commit it runs, so ${want} cannot be proven`
      : `The stack says it runs ${seen}, not the commit ${want} that was deployed`
  return {
    name,
    status: seen === undefined ? 'unver' : 'fail',
    ms: 0,
    detail: sentence,
    cause: {
      class: 'not_verified',
      sentence,
      evidence: `label chaos-version: ${seen ?? 'absent'}`,
      fix: 'Check that the deploy really reached the stack and that abra writes its labels',
    },
  }
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
      evidence: `version ${after.version ?? 'unknown'}, commit ${after.chaosVersion ?? 'unknown'}`,
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
  note('commit', before.chaosVersion, after.chaosVersion)
  for (const service of new Set([...Object.keys(before.images), ...Object.keys(after.images)]))
    note(`image of ${service}`, before.images[service], after.images[service])
  return moves
}

function withoutDigest(image: string): string {
  return image.split('@')[0] ?? image
}

function isSaid(value: string | undefined): value is string {
  return value !== undefined && value !== ''
}
