import t from 'tap'
import { belongsTo } from '../../../lib/swarm/census.js'
import type { Listed } from '../../../lib/swarm/listing.js'
import { domainsOf } from '../../../lib/swarm/suspects.js'

const SUFFIX = 'ci.example.org'
const STACK = 'site-3fa9c1_ci_example_org'

function listed(name: string, stack?: string): Listed {
  return { kind: 'volume', id: name, name, stack }
}

t.test(
  'to a stack belongs what has its label or begins with its name and an underscore, and nothing else',
  async t => {
    t.ok(belongsTo(listed('anything', STACK), STACK))
    t.ok(belongsTo(listed(`${STACK}_data`), STACK))
    for (const name of [STACK, `x${STACK}_data`, `${STACK}2_data`, `${STACK}-data`, 'other']) {
      t.notOk(belongsTo(listed(name), STACK), name)
      t.notOk(belongsTo(listed(name, 'other'), STACK), name)
    }
    t.notOk(belongsTo(listed('data', `${STACK}_data`), STACK), 'a label counts as a whole')
  },
)

const SUSPECTS: readonly [what: string, item: Listed, runApps: string[], others: string[]][] = [
  ['a label', listed('x', STACK), ['site-3fa9c1.ci.example.org'], []],
  ['a lone secret', listed(`${STACK}_password_v1`), ['site-3fa9c1.ci.example.org'], []],
  ['another suffix', listed('site-3fa9c1_example_org_data'), [], []],
  ['the bare name of a stack', listed(STACK), [], []],
  ['a warm app', listed('x', 'warm-ghost_ci_example_org'), [], ['warm-ghost.ci.example.org']],
  ['infrastructure', listed('traefik_ci_example_org_app'), [], ['traefik.ci.example.org']],
  ['five characters', listed('sites-3fa9c1_ci_example_org_a'), [], ['sites-3fa9c1.ci.example.org']],
  ['capitals', listed('SITE-3FA9C1_ci_example_org_a'), [], ['SITE-3FA9C1.ci.example.org']],
  ['a longer suffix', listed('x', `${STACK}_more`), [], []],
  ['nothing before the suffix', listed('_ci_example_org_a'), [], []],
  ['something in front', listed(`a_${STACK}_data`), [], ['a.site-3fa9c1.ci.example.org']],
  ['hyphens for dots', listed('site-3fa9c1_ci-example-org_data'), [], []],
]

for (const [what, item, runApps, others] of SUSPECTS) {
  t.test(`a domain is read from labels and name prefixes alone: ${what}`, async t => {
    const domains = domainsOf([item], SUFFIX)
    t.strictSame([...domains.runApps], runApps)
    t.strictSame([...domains.others], others)
  })
}

t.test('whatever is suspected of a name belongs to the suspect', async t => {
  for (const [, item] of SUSPECTS) {
    for (const domain of domainsOf([item], SUFFIX).runApps) {
      t.ok(belongsTo(item, domain.replaceAll('.', '_')), item.name)
    }
  }
})
