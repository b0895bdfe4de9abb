import type { CommitId } from '../domain/names.js'
import { newestFirst, newestOlderThan, parseVersion, sameVersion } from '../recipe/versions.js'

/** A published version: a tag whose name is a version, and the commit behind it. */
export type PublishedVersion = { readonly name: string; readonly commit: CommitId }

/** All that the choice of the base may rest on. `published` may hold tags that are no versions. */
export type BaseFacts = {
  readonly upgradeRequested: boolean
  /** The reason the recipe gives for having no upgrade; undefined: it has one. */
  readonly notApplicable: string | undefined
  /** `UPGRADE_BASE_VERSION` of the recipe's meta. */
  readonly override: string | undefined
  /** The last version that was green on a cold run. */
  readonly canonical: PublishedVersion | undefined
  /** The commit under test, and the version its compose file names; `dirty`: uncommitted files lie over that commit. */
  readonly head: {
    readonly commit: CommitId
    readonly version: string | undefined
    readonly dirty: boolean
  }
  readonly published: readonly PublishedVersion[]
  /** The tip of the branch that the head would be merged into. */
  readonly tip: { readonly branch: string; readonly commit: CommitId } | undefined
}

/** What is deployed first, so that the upgrade has somewhere to come from; `none` comes with the reason for a skip. */
export type BaseDecision = {
  /** Which rule of the chain decided, 1 to 7. */
  readonly rule: number
  readonly reason: string
} & (
  | { readonly kind: 'version'; readonly version: string; readonly commit: CommitId }
  | { readonly kind: 'tip'; readonly branch: string; readonly commit: CommitId }
  /** The recipe names a base that was never published: nothing can be tested. */
  | { readonly kind: 'missing'; readonly version: string }
  | { readonly kind: 'none' }
)

type Rule = {
  readonly rule: number
  readonly decide: (facts: BaseFacts) => Outcome | undefined
}

type Outcome = BaseDecision extends infer Each
  ? Each extends BaseDecision
    ? Omit<Each, 'rule'>
    : never
  : never

/** First rule with an answer wins; the order is the contract. */
const RULES: readonly Rule[] = [
  { rule: 1, decide: notWanted },
  { rule: 2, decide: overridden },
  { rule: 3, decide: lastGreen },
  { rule: 4, decide: stepBack },
  { rule: 5, decide: nothingOlder },
  { rule: 6, decide: publishedBefore },
  { rule: 7, decide: headUnreadable },
]

/** Chooses the base of the upgrade. A head version of another form (`latest`, nothing) counts as unreadable. */
export function chooseBase(asked: BaseFacts): BaseDecision {
  const readable = parseVersion(asked.head.version ?? '')?.text
  const facts = { ...asked, head: { ...asked.head, version: readable } }
  for (const { rule, decide } of RULES) {
    const outcome = decide(facts)
    if (outcome !== undefined) return { rule, ...outcome }
  }
  throw new RangeError(`No base rule covers ${JSON.stringify(facts)}`)
}

function notWanted({ upgradeRequested, notApplicable }: BaseFacts): Outcome | undefined {
  if (!upgradeRequested) return none('upgrade was not requested')
  return notApplicable === undefined ? undefined : none(`declared not applicable: ${notApplicable}`)
}

function overridden({ override, published }: BaseFacts): Outcome | undefined {
  if (override === undefined) return undefined
  const named = published.find(({ name }) => name === override)
  if (named === undefined)
    return {
      kind: 'missing',
      version: override,
      reason: `UPGRADE_BASE_VERSION names ${override}, which was never published`,
    }
  return version(named, 'UPGRADE_BASE_VERSION of the recipe')
}

function lastGreen({ canonical, head }: BaseFacts): Outcome | undefined {
  if (canonical === undefined || head.version === undefined) return undefined
  if (sameVersion(canonical.name, head.version)) return undefined
  return version(canonical, `last green version, the head is ${head.version}`)
}

function stepBack(facts: BaseFacts): Outcome | undefined {
  if (facts.canonical === undefined || facts.head.version === undefined) return undefined
  const older = olderThanHead(facts)
  if (older === undefined) return undefined
  return version(older, `newest version before ${facts.head.version}, which is the last green one`)
}

function nothingOlder({ canonical, head }: BaseFacts): Outcome | undefined {
  if (canonical === undefined || head.version === undefined) return undefined
  return none(`${head.version} is the last green version, and nothing older was published`)
}

function publishedBefore(facts: BaseFacts): Outcome | undefined {
  const { head } = facts
  if (head.version === undefined) return undefined
  const older = olderThanHead(facts)
  if (older !== undefined) return version(older, `newest version published before ${head.version}`)
  return tipOrNone(facts, `no version older than ${head.version} was published`)
}

function headUnreadable(facts: BaseFacts): Outcome {
  const { canonical, head, published } = facts
  const because = 'the version of the head cannot be read'
  if (canonical !== undefined) return version(canonical, `last green version; ${because}`)
  const newest = newestFirst(published).find(({ commit }) => commit !== head.commit)
  if (newest !== undefined) return version(newest, `newest published version; ${because}`)
  return tipOrNone(facts, `${because}, and no other version was published`)
}

function tipOrNone({ tip, head }: BaseFacts, because: string): Outcome {
  if (tip === undefined) return none(`${because}, and there is no target branch`)
  if (tip.commit === head.commit)
    return none(`${because}, and the head is the tip of ${tip.branch}`)
  return { kind: 'tip', ...tip, reason: `tip of ${tip.branch}: ${because}` }
}

// A tag on the head itself is no base, whatever it is called: the upgrade would move nothing. Not so where the version was
// raised in uncommitted files: the head is more than its commit then.
function olderThanHead({ head, published }: BaseFacts): PublishedVersion | undefined {
  const headVersion = head.version === undefined ? undefined : parseVersion(head.version)
  if (headVersion === undefined) return undefined
  const others = published.filter(({ commit }) => head.dirty || commit !== head.commit)
  return newestOlderThan(others, headVersion)
}

function version({ name, commit }: PublishedVersion, reason: string): Outcome {
  return { kind: 'version', version: name, commit, reason }
}

function none(reason: string): Outcome {
  return { kind: 'none', reason }
}
