import { join } from 'node:path'
import t from 'tap'
import type { AppDomain, StackName } from '../../../lib/domain/names.js'
import { composeMeant } from '../../../lib/run/compose-at.js'

const FILES = {
  'compose.yml': 'services: {app: {image: "a:${TAG:-1}"}}\n',
  'compose.db.yml': 'services: {db: {image: b}}\n',
  'compose.ccci.yml': 'services: {app: {deploy: {replicas: 1}}, helper: {image: c}}\n',
  'compose.other.yml': 'services: {app: {image: other}}\n',
  'compose.broken.yml': 'services: [\n',
  'compose.wants.yml': 'services: {more: {image: "${UNSET:?set it}"}}\n',
}
const ROWS: [string, string, string[], string[]][] = [
  ['the one file', '', ['app'], ['a:1']],
  ['the tag that the env file names', 'TAG=2\n', ['app'], ['a:2']],
  [
    'all files of the list',
    'COMPOSE_FILE="compose.yml"\nCOMPOSE_FILE="$COMPOSE_FILE:compose.db.yml:compose.ccci.yml"\n',
    ['app', 'db', 'helper'],
    ['a:1', 'b', 'c'],
  ],
  [
    'an image that a later file replaces is none of them',
    'COMPOSE_FILE=compose.yml:compose.other.yml\n',
    ['app'],
    ['other'],
  ],
  ['none, where a file is broken', 'COMPOSE_FILE=compose.yml:compose.broken.yml\n', [], []],
  ['none, where a file is not there', 'COMPOSE_FILE=compose.yml:compose.none.yml\n', [], []],
  ['none, where a variable is missing', 'COMPOSE_FILE=compose.yml:compose.wants.yml\n', [], []],
]

for (const [law, envText, services, images] of ROWS) {
  t.test(`the services that a deploy has to bring, and their images: ${law}`, async t => {
    const recipeDir = t.testdir({ ...FILES, 'app.env': envText })
    const app = {
      recipe: 'tiny',
      domain: 'tiny-123456.ci.test' as AppDomain,
      stack: 'tiny-123456_ci_test' as StackName,
      recipeDir,
      envFile: join(recipeDir, 'app.env'),
    }
    t.strictSame(await composeMeant(app), { services, images })
    t.strictSame(
      await composeMeant({ ...app, envFile: '/nowhere' }),
      { services: ['app'], images: ['a:1'] },
      'no env file',
    )
  })
}
