import t from 'tap'
import { withComposeFile, withoutComposeFile } from '../../../lib/recipe/compose-file-list.js'
import { parseEnv } from '../../../lib/recipe/env-file.js'

const X = 'compose.x.yml'
// prettier-ignore
const ROWS: readonly (readonly [string, string, string])[] = [
  ['no list', 'A=1\n', `compose.yml:${X}`],
  ['a list', 'COMPOSE_FILE=compose.yml:compose.a.yml\n', `compose.yml:compose.a.yml:${X}`],
  ['a list that grows', 'COMPOSE_FILE="compose.yml"\nCOMPOSE_FILE="$COMPOSE_FILE:compose.a.yml"\n', `compose.yml:compose.a.yml:${X}`],
  ['nothing', 'COMPOSE_FILE=\n', `compose.yml:${X}`],
  ['there already', `COMPOSE_FILE=${X}:compose.yml\n`, `${X}:compose.yml`],
]
for (const [law, text, wanted] of ROWS) {
  t.test(`${law}: put in last, once, and taken out again`, async t => {
    const put = withComposeFile(text, X)
    t.equal(parseEnv(put)['COMPOSE_FILE'], wanted)
    t.equal(withComposeFile(put, X), put)
    const left = wanted
      .split(':')
      .filter(name => name !== X)
      .join(':')
    t.equal(parseEnv(withoutComposeFile(put, X))['COMPOSE_FILE'], left)
    t.equal(
      parseEnv(withoutComposeFile(text, 'compose.other.yml'))['COMPOSE_FILE'],
      parseEnv(text)['COMPOSE_FILE'],
    )
  })
}
