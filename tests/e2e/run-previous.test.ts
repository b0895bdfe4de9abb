import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { domainOf, leftOf, startLabRun } from '../support/lab-run.js'
import { Repository } from '../support/repository.js'
import { testLab } from '../support/test-lab.js'

const BASE = '1.0.0+1.0'

t.test('a base whose image is gone is repaired for its own deploy, and for no other', async t => {
  const lab = await testLab()
  const upstream = Repository.at(join(lab.upstreamDir, 'site.git'))
  const [, image = ''] =
    /image: (\S+)/.exec(await upstream.git('show', `${BASE}:compose.yml`)) ?? []
  const dir = t.testdir({
    site: {
      previous: {
        [`${BASE}.yml`]: `version: "3.8"\nservices: {app: {image: "${image}"}}\n`,
        '0.9.0+0.9.yml': 'services: {}\n',
      },
      'test_install.sh': 'test -f "$RECIPE_DIR/compose.previous.yml"\n',
      'test_upgrade.sh': 'cd "$RECIPE_DIR" && test ! -e compose.previous.yml\n',
    },
  })
  const src = join(dir, 'src')
  await upstream.git('clone', '--quiet', '--no-hardlinks', upstream.dir, src)
  const faded = Repository.at(src)
  await faded.git('checkout', '--quiet', '--detach', BASE)
  const compose = await readFile(join(src, 'compose.yml'), 'utf8')
  await faded.commit({ 'compose.yml': compose.replace(image, 'recipe-ci-lab/faded:1') })
  await faded.git('tag', '--delete', BASE)
  await faded.tag(BASE)
  await faded.git('checkout', '--quiet', 'main')
  const args = ['--stages', 'install,upgrade', '--src', src, '--recipes-dir', dir, '--pr', '61']
  const run = startLabRun(lab, 'site', { id: 'faded', args })
  const { exitCode, results, stderr } = await run.ended
  t.equal(exitCode, 0, stderr)
  t.match(results, { base: BASE, results: { install: 'pass', upgrade: 'pass' } })
  t.match(results?.warnings, [
    /is repaired by previous\/1\.0\.0\+1\.0\.yml/,
    /0\.9\.0\+0\.9\.yml" is stale and ignored/,
  ])
  t.strictSame(await leftOf(lab, domainOf(run.happenings)), [])
})
