import t from 'tap'
import type { HappeningBody } from '../../../lib/domain/events.js'
import type { DependencyReport } from '../../../lib/domain/results.js'
import { EXIT } from '../../../lib/errors.js'
import { htmlOf } from '../../../lib/results/html.js'
import { junitOf } from '../../../lib/results/junit.js'
import { tapOf } from '../../../lib/results/tap.js'
import { story } from '../../support/happenings.js'
import { resultsOf } from '../../support/results.js'

const domain = 'sso-012abc.ci.example.org'
const planned = { recipe: 'sso', domain, version: '1.0.0+2.0', reason: '' }
const PARTS = { tails: [], diagnoses: [], composeDiff: null }

/** A green run of a recipe that needs another one, of which this was heard right after the plan. */
function needing(...heard: readonly HappeningBody[]): HappeningBody[] {
  return story().flatMap(seen =>
    seen.type === 'plan.resolved' ? [{ ...seen, dependencies: [planned] }, ...heard] : [seen],
  )
}

const ready: HappeningBody = {
  type: 'dependency.ready',
  recipe: 'sso',
  domain,
  version: '1.0.0+2.0',
  ms: 1,
}
const unverified = (reason: string, of?: string): HappeningBody => ({
  type: 'dependency.unverified',
  recipe: 'sso',
  reason,
  ...(of === undefined ? {} : { domain: of }),
})

// prettier-ignore
const ROWS: readonly (readonly [string, readonly HappeningBody[], Partial<DependencyReport>])[] = [
  ['serves',            [ready],                                            { ready: true, verified: true, reason: '' }],
  ['was never told of', [],                                                 { ready: false, verified: false, reason: 'not reached' }],
  ['did not come up',   [unverified('crashes', domain), unverified('skip')], { ready: false, verified: false, reason: 'crashes' }],
  ['had its test skipped', [ready, unverified('skip'), unverified('more')],  { ready: true, verified: false, reason: 'skip' }],
]

for (const [what, heard, report] of ROWS) {
  t.test(
    `a dependency that ${what} is recorded, and every report is as red as the run`,
    async t => {
      const results = resultsOf(needing(...heard))
      t.match(results.dependencies, [{ name: 'sso', domain, version: '1.0.0+2.0', ...report }])
      const green = report.verified === true
      t.equal(results.exit_code, green ? EXIT.green : EXIT.red)
      t.equal(results.cause?.class ?? '', green ? '' : 'dependency_unverified')
      t.equal(/^not ok /m.test(tapOf(results)), !green)
      t.equal(junitOf(results, 'host').includes('<error '), !green)
      const page = htmlOf(results, PARTS)
      t.match(page, '<h2>Dependencies</h2>')
      t.match(page, green ? domain : report.reason)
    },
  )
}

t.test('a recipe that needs nothing has no such list in its report', async t => {
  const results = resultsOf(story())
  t.strictSame(results.dependencies, [])
  t.notMatch(htmlOf(results, PARTS), 'Dependencies')
})
