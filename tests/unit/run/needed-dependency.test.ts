import t from 'tap'
import type { Status } from '../../../lib/domain/tiers.js'
import { neededDependency } from '../../../lib/run/needed-dependency.js'

const DEPS = ['keycloak', 'my-sso']
const check = (status: Status, detail: string) => ({ name: 'login', status, ms: 0, detail })

// prettier-ignore
const ROWS: readonly (readonly [string, Status, string, string | undefined])[] = [
  ['a skip that names a dependency', 'skip', 'keycloak is not ready', 'keycloak'],
  ['case and punctuation are no obstacle', 'skip', 'needs "My-SSO".', 'my-sso'],
  ['a part of a word is no name', 'skip', 'no keycloak-admin here', undefined],
  ['a skip for another reason', 'skip', 'no browser on this host', undefined],
  ['a test that is known to fail', 'skip', 'not done yet: keycloak bug 312', undefined],
  ['a test that was executed', 'pass', 'keycloak answered', undefined],
  ['a test that failed is red by itself', 'fail', 'keycloak did not answer', undefined],
]
for (const [law, status, detail, wanted] of ROWS) {
  t.test(law, async t => {
    t.equal(neededDependency(check(status, detail), DEPS), wanted)
  })
}
