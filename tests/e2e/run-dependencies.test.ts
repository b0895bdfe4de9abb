import t, { type Test } from 'tap'
import { dependencyDomain } from '../../lib/recipe/app-domain.js'
import { domainOf, leftOf, startLabRun } from '../support/lab-run.js'
import { testLab } from '../support/test-lab.js'
import type { Lab } from '../lab/lab.js'

/** Settings and files of the operator for the recipe "site", and for those that it needs. */
function recipesDir(t: Test, deps: string, files: object = {}): string {
  return t.testdir({
    site: { 'recipe-ci.yml': `DEPS: ${deps}\n`, ...files },
    kv: { 'recipe-ci.yml': 'EXTRA_ENV: {GREETING: hello}\n' },
    loop: { 'recipe-ci.yml': 'DEPS: [loop]\n' },
  })
}

const asked = (pr: string, stages = 'install') => ['--pr', pr, '--stages', stages]
const domainsOf = (lab: Lab, pr: number, ...names: readonly string[]) =>
  names.map(name => dependencyDomain(name, { recipe: 'site', pr, ref: undefined }, lab.suffix))

const READS_CONTEXT = `
import { readFileSync } from 'node:fs'
import { request } from 'node:https'
const { deps, gateway } = JSON.parse(readFileSync(process.env.RECIPE_CI_CONTEXT, 'utf8'))
const [host, port] = gateway.split(':')
const { domain, baseUrl, ready } = deps.kv
if (!ready || baseUrl !== 'https://' + domain) throw new Error(JSON.stringify(deps))
request({ host, port, servername: domain, headers: { host: domain } }, answer => {
  console.log(answer.statusCode)
  process.exitCode = answer.statusCode === 200 ? 0 : 1
  answer.resume()
}).end()
`
const TELLS_APP = `
import { readFileSync } from 'node:fs'
const { deps } = JSON.parse(readFileSync(process.env.RECIPE_CI_CONTEXT, 'utf8'))
console.log('KV_URL=' + deps.kv.baseUrl)
`

t.test('a dependency is deployed before the app, told to it, and removed after it', async t => {
  const lab = await testLab()
  const files = { custom: { 'asks.mjs': READS_CONTEXT }, ops: { 'extra_env.mjs': TELLS_APP } }
  const args = [...asked('51', 'install,custom'), '--recipes-dir', recipesDir(t, '[kv]', files)]
  const run = startLabRun(lab, 'site', { id: 'needs-kv', args })
  const { exitCode, results, stderr } = await run.ended
  t.equal(exitCode, 0, stderr)
  t.match(results, {
    results: { install: 'pass', custom: 'pass' },
    flags: { clean_teardown: true, deploy_count: { expected: 2, counted: 2 } },
    dependencies: [{ name: 'kv', version: String, ready: true, verified: true, reason: '' }],
  })
  const [kv = ''] = domainsOf(lab, 51, 'kv')
  const own = domainOf(run.happenings)
  const told = (type: string) =>
    run.happenings.flatMap(seen => (seen.type === type && 'domain' in seen ? [seen.domain] : []))
  t.strictSame(told('lock.acquired'), [kv, own].sort(), 'all locks, in sorted order')
  t.strictSame(told('dependency.ready'), [kv])
  t.strictSame(told('teardown.started'), [own, kv], 'the app first')
  const types = run.happenings.map(({ type }) => type)
  t.ok(types.lastIndexOf('lock.acquired') < types.indexOf('app.created'), 'before anything exists')
  for (const domain of [own, kv]) t.strictSame(await leftOf(lab, domain), [])
})

t.test(
  'a dependency that does not come up: the app is tested all the same, the run red',
  async t => {
    const lab = await testLab()
    const skips = { 'login.sh': 'echo "the dependency bad-install is not ready"; exit 77\n' }
    const dir = recipesDir(t, '[bad-install, nowhere]', { custom: skips })
    const args = [...asked('52', 'install,custom'), '--recipes-dir', dir]
    const run = startLabRun(lab, 'site', { id: 'needs-bad', args })
    const { exitCode, results, stderr } = await run.ended
    t.equal(exitCode, 7, stderr)
    t.match(results, {
      rungs: { install: 'pass' },
      cause: { class: 'dependency_unverified', sentence: /"bad-install" was not verified/ },
      flags: { clean_teardown: true, deploy_count: { expected: 2, counted: 2 } },
      dependencies: [
        { name: 'bad-install', ready: false, verified: false, reason: /\S/ },
        { name: 'nowhere', ready: false, verified: false, reason: /nowhere/ },
      ],
    })
    const unverified = run.happenings.flatMap(seen =>
      seen.type === 'dependency.unverified' ? [seen.recipe] : [],
    )
    t.strictSame(unverified, ['bad-install', 'nowhere', 'bad-install'], 'with the skipped test')
    const domains = [domainOf(run.happenings), ...domainsOf(lab, 52, 'bad-install', 'nowhere')]
    for (const domain of domains) t.strictSame(await leftOf(lab, domain), [])
  },
)

t.test(
  'SIGTERM while a dependency is up and the app is not: nothing is left of either',
  async t => {
    const lab = await testLab()
    const args = [...asked('53'), '--recipes-dir', recipesDir(t, '[kv]')]
    const run = startLabRun(lab, 'site', { id: 'needs-term', args })
    await run.until(({ type }) => type === 'service.observed')
    const [kv = ''] = domainsOf(lab, 53, 'kv')
    t.ok((await leftOf(lab, kv)).length > 0, 'it is there')
    run.child.kill('SIGTERM')
    const { exitCode, results } = await run.ended
    t.equal(exitCode, 143)
    t.match(results, { status: 'finished', flags: { clean_teardown: true } })
    for (const domain of [domainOf(run.happenings), kv]) t.strictSame(await leftOf(lab, domain), [])
  },
)

t.test('--keep keeps the dependencies as well, and a new run of the app replaces all', async t => {
  const lab = await testLab()
  const dir = ['--recipes-dir', recipesDir(t, '[kv]')]
  const kept = startLabRun(lab, 'site', { id: 'k-1', args: [...asked('54'), ...dir, '--keep'] })
  t.equal((await kept.ended).exitCode, 0)
  const domains = [domainOf(kept.happenings), ...domainsOf(lab, 54, 'kv')]
  for (const domain of domains) t.ok((await leftOf(lab, domain)).length > 0, `${domain} is up`)
  const refused = startLabRun(lab, 'site', { id: 'k-2', args: [...asked('54'), ...dir] })
  t.equal((await refused.ended).exitCode, 1)
  for (const domain of domains) t.ok((await leftOf(lab, domain)).length > 0, 'untouched')
  const args = [...asked('54'), ...dir, '--replace-kept']
  t.equal((await startLabRun(lab, 'site', { id: 'k-3', args }).ended).exitCode, 0)
  for (const domain of domains) t.strictSame(await leftOf(lab, domain), [])
})

t.test(
  'a recipe that names itself, and a dependency with a mistake in its settings: exit 2',
  async t => {
    const lab = await testLab()
    const self = startLabRun(lab, 'site', {
      id: 'self',
      args: ['--recipes-dir', recipesDir(t, '[site]')],
    })
    const own = await self.ended
    t.equal(own.exitCode, 2)
    t.match(own.stderr, /the recipe names itself in DEPS/)
    t.equal(own.results, undefined, 'not even a run folder')
    const args = ['--recipes-dir', recipesDir(t, '[loop]')]
    const other = await startLabRun(lab, 'site', { id: 'loop', args }).ended
    t.equal(other.exitCode, 2)
    t.match(other.stderr, /"loop".*names itself/)
  },
)
