import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Prepared } from '../../lib/run/prepare.js'
import { prepareFrom } from '../support/prepared.js'
import { Repository } from '../support/repository.js'

/** How the compose file of a commit says its version; `${STACK_NAME}` is expanded as abra does. */
const KEY = 'coop-cloud.${STACK_NAME}.version'
const inList = (text: string) => `      labels:\n        - ${text}\n`
const compose = (labels: string) =>
  `services:\n  app:\n    image: nginx:1\n    deploy:\n      replicas: 1\n${labels}`

type Row = {
  readonly law: string
  /** Labels of the head. */
  readonly labels: string
  /** Tag on the head itself. */
  readonly tag?: string
  readonly version: string | undefined
  readonly base: string
  readonly rule: number
}

// prettier-ignore
const ROWS: readonly Row[] = [
  { law: 'a quoted label', labels: inList(`"${KEY}=1.2.0+1.27"`), version: '1.2.0+1.27', base: '1.1.0+1.26', rule: 6 },
  { law: 'an unquoted label', labels: inList(`${KEY}=1.2.0+1.27`), version: '1.2.0+1.27', base: '1.1.0+1.26', rule: 6 },
  { law: 'single quotes', labels: inList(`'${KEY}=1.2.0+1.27'`), version: '1.2.0+1.27', base: '1.1.0+1.26', rule: 6 },
  { law: 'a map', labels: `      labels:\n        ${KEY}: 1.2.0+1.27\n`, version: '1.2.0+1.27', base: '1.1.0+1.26', rule: 6 },
  { law: 'a map with quotes', labels: `      labels:\n        "${KEY}": "1.2.0+1.27"\n`, version: '1.2.0+1.27', base: '1.1.0+1.26', rule: 6 },
  { law: 'no label', labels: '', version: undefined, base: '1.1.0+1.26', rule: 7 },
  { law: 'a label that is no version', labels: inList(`"${KEY}=latest"`), version: undefined, base: '1.1.0+1.26', rule: 7 },
  { law: 'a label older than the tag on the head', labels: inList(`"${KEY}=1.1.0+1.26"`), tag: '1.2.0+1.27', version: '1.1.0+1.26', base: '1.0.0+1.25', rule: 6 },
  { law: 'a label newer than the tag on the head', labels: inList(`"${KEY}=1.3.0+1.28"`), tag: '1.2.0+1.27', version: '1.3.0+1.28', base: '1.1.0+1.26', rule: 6 },
  { law: 'a label of a version before all tags', labels: inList(`"${KEY}=0.1.0+1.0"`), version: '0.1.0+1.0', base: 'none', rule: 6 },
]

for (const { law, labels, tag, version, base, rule } of ROWS) {
  t.test(`${law}: the base and the reason for it`, async t => {
    const prepared = await prepareAt(t, labels, tag)
    t.equal(prepared.headVersion, version)
    t.equal(prepared.base?.version ?? 'none', base)
    t.equal(prepared.decision.rule, rule)
    t.not(prepared.decision.reason, '')
    t.not(prepared.base?.commit, prepared.fetched.tree.head, 'never the head itself')
    if (base !== 'none')
      t.ok((prepared.composeDiff?.lines.length ?? 0) > 0, 'the files are compared')
  })
}

async function prepareAt(t: Test, labels: string, tag: string | undefined): Promise<Prepared> {
  const dir = t.testdir({ recipes: {} })
  const source = await Repository.create(join(dir, 'source'))
  for (const name of ['1.0.0+1.25', '1.1.0+1.26']) {
    await source.commit({ 'compose.yml': compose(inList(`"${KEY}=${name}"`)) })
    await source.tag(name)
  }
  await source.commit({ 'compose.yml': compose(labels), README: 'the head' })
  if (tag !== undefined) await source.tag(tag)
  return prepareFrom(dir)
}
