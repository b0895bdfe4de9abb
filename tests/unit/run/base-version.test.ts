import t from 'tap'
import type { CommitId } from '../../../lib/domain/names.js'
import { chooseBase, type BaseFacts, type PublishedVersion } from '../../../lib/run/base-version.js'

const commit = (digit: string): CommitId => digit.repeat(40) as CommitId
const published = (name: string, digit: string): PublishedVersion => ({
  name,
  commit: commit(digit),
})

const FIRST = published('1.0.0+1.26.0', '1')
const SECOND = published('1.1.0+1.27.0', '2')
const THIRD = published('1.2.0+1.27.2', '3')
const HEAD = commit('f')

const FACTS: BaseFacts = {
  upgradeRequested: true,
  notApplicable: undefined,
  override: undefined,
  canonical: undefined,
  head: { commit: HEAD, version: '1.2.0+1.27.2', dirty: false },
  published: [THIRD, FIRST, SECOND],
  tip: { branch: 'main', commit: commit('a') },
}

const head = (version: string | undefined, at = HEAD): BaseFacts['head'] => ({
  commit: at,
  version,
  dirty: false,
})
const tipIsHead = { branch: 'main', commit: HEAD }

type Row = {
  law: string
  facts: Partial<BaseFacts>
  rule: number
  base: string | undefined
}

const ROWS: Row[] = [
  {
    law: 'a version raised in uncommitted files comes from that of the commit they lie on',
    facts: {
      head: { ...head('1.3.0+1.28.0', THIRD.commit), dirty: true },
      tip: { branch: 'main', commit: THIRD.commit },
    },
    rule: 6,
    base: THIRD.name,
  },
  {
    law: 'uncommitted files that raise no version come from the one before',
    facts: { head: { ...head(THIRD.name, THIRD.commit), dirty: true } },
    rule: 6,
    base: SECOND.name,
  },
  { law: 'not requested', facts: { upgradeRequested: false }, rule: 1, base: undefined },
  { law: 'declared', facts: { notApplicable: 'one version' }, rule: 1, base: undefined },
  {
    law: 'not requested beats the override',
    facts: { upgradeRequested: false, override: FIRST.name },
    rule: 1,
    base: undefined,
  },
  { law: 'override', facts: { override: FIRST.name }, rule: 2, base: FIRST.name },
  {
    law: 'override beats the canonical',
    facts: { override: FIRST.name, canonical: SECOND },
    rule: 2,
    base: FIRST.name,
  },
  { law: 'override that never was', facts: { override: '9.9.9+1' }, rule: 2, base: 'missing' },
  { law: 'last green', facts: { canonical: FIRST }, rule: 3, base: FIRST.name },
  {
    law: 'a last green one that is newer than the head is a base too',
    facts: { canonical: THIRD, head: head(SECOND.name) },
    rule: 3,
    base: THIRD.name,
  },
  { law: 'step back', facts: { canonical: THIRD }, rule: 4, base: SECOND.name },
  {
    law: 'same version in another spelling steps back',
    facts: { canonical: published('v1.2.0+v1.27.2', '3') },
    rule: 4,
    base: SECOND.name,
  },
  {
    law: 'nothing to step back to',
    facts: { canonical: FIRST, head: head(FIRST.name) },
    rule: 5,
    base: undefined,
  },
  { law: 'older than the head', facts: {}, rule: 6, base: SECOND.name },
  {
    law: 'newest by version, not by text',
    facts: {
      published: [published('1.9.0+1.0.0', '1'), published('1.10.0+1.0.0', '2')],
      head: head('1.11.0+1.0.0'),
    },
    rule: 6,
    base: '1.10.0+1.0.0',
  },
  {
    law: 'a tag on the head is no base',
    facts: { published: [FIRST, published('1.1.5+1.27.1', 'f')] },
    rule: 6,
    base: FIRST.name,
  },
  { law: 'tip', facts: { published: [THIRD] }, rule: 6, base: 'main' },
  {
    law: 'the tip is the head',
    facts: { published: [], tip: tipIsHead },
    rule: 6,
    base: undefined,
  },
  { law: 'no branch', facts: { published: [], tip: undefined }, rule: 6, base: undefined },
  {
    law: 'unreadable head, last green',
    facts: { head: head(undefined), canonical: FIRST },
    rule: 7,
    base: FIRST.name,
  },
  {
    law: 'unreadable head, newest tag',
    facts: { head: head('latest') },
    rule: 7,
    base: THIRD.name,
  },
  {
    law: 'unreadable head that carries the newest tag',
    facts: { head: head(undefined, commit('3')) },
    rule: 7,
    base: SECOND.name,
  },
  {
    law: 'unreadable head, no tags, tip',
    facts: { head: head(''), published: [] },
    rule: 7,
    base: 'main',
  },
  {
    law: 'unreadable head that is all there is',
    facts: { head: head(undefined), published: [], tip: tipIsHead },
    rule: 7,
    base: undefined,
  },
]

t.test('the first rule that applies chooses the base, and says why', async t => {
  for (const { law, facts, rule, base } of ROWS) {
    const decision = chooseBase({ ...FACTS, ...facts })
    t.equal(decision.rule, rule, `${law}: rule`)
    t.equal(nameOf(decision), base, law)
    t.match(decision.reason, /\w/, `${law}: has a reason`)
  }
})

t.test('no combination of facts makes the head its own base', async t => {
  const canonicals = [undefined, FIRST, THIRD]
  const heads = [
    head(undefined),
    head('latest'),
    head(FIRST.name),
    head('0.0.1+1'),
    head('2.0.0+1'),
  ]
  const tags = [[], [FIRST], [FIRST, SECOND, THIRD], [published('1.0.5+1', 'f')]]
  const tips = [undefined, tipIsHead, FACTS.tip]
  for (const canonical of canonicals)
    for (const one of heads)
      for (const list of tags)
        for (const tip of tips) {
          const decision = chooseBase({ ...FACTS, canonical, head: one, published: list, tip })
          t.not('commit' in decision && decision.commit, HEAD, decision.reason)
        }
})

function nameOf(decision: ReturnType<typeof chooseBase>): string | undefined {
  switch (decision.kind) {
    case 'version':
      return decision.version
    case 'tip':
      return decision.branch
    case 'missing':
      return 'missing'
    case 'none':
      return undefined
  }
}
