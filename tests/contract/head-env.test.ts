import { join } from 'node:path'
import t from 'tap'
import { TIERS } from '../../lib/domain/tiers.js'
import { prepareFrom } from '../support/prepared.js'
import { Repository } from '../support/repository.js'

const FILES = {
  'compose.yml': 'services:\n  app:\n    image: reg/app:${APP_TAG}\n',
  'compose.more.yml': 'services:\n  more:\n    image: reg/more:1\n',
}
const META = `UPGRADE_EXTRA_ENV:
  APP_TAG: "2"
  COMPOSE_FILE: compose.yml:compose.more.yml
`

t.test('the head of an upgrade is read under UPGRADE_EXTRA_ENV', async t => {
  const dir = t.testdir({ recipes: {} })
  const source = await Repository.create(join(dir, 'source'))
  await source.commit(FILES)
  await source.tag('1.0.0+1.0')
  await source.commit({ README: 'the head' })
  const upgraded = await prepareFrom(dir, { meta: META, tiers: TIERS })
  t.strictSame(upgraded.images, { head: ['reg/app:2', 'reg/more:1'], base: ['reg/app:'] })
  t.strictSame(upgraded.headServices, ['app', 'more'])
})

t.test('the head of an install is not', async t => {
  const dir = t.testdir({ recipes: {} })
  const source = await Repository.create(join(dir, 'source'))
  await source.commit(FILES)
  const installed = await prepareFrom(dir, { meta: META, tiers: ['install'] })
  t.strictSame(installed.images, { head: ['reg/app:'], base: [] })
  t.strictSame(installed.headServices, ['app'])
})
