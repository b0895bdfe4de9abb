import t from 'tap'
import { expand } from '../../../lib/recipe/interpolate.js'

const VALUES: Record<string, string> = { SET: 'yes', EMPTY: '', DOLLAR: '$SET' }
const lookUp = (name: string): string | undefined => VALUES[name]

const ROWS = [
  ['$SET ${SET}', 'yes yes'],
  ['${NONE}|$NONE', '|'],
  ['${NONE:-x} ${EMPTY:-x} ${EMPTY-x} ${NONE-x}', 'x x  x'],
  ['${NONE:-}', ''],
  ['${SET:-x} ${SET:+instead} ${EMPTY:+instead} ${EMPTY+instead}', 'yes instead  instead'],
  ['${NONE:-${SET}}', '${SET}'],
  ['$$SET $$$SET', '$SET $yes'],
  ['${DOLLAR}', '$SET'],
  ['costs 5$ and $1', 'costs 5$ and $1'],
  ['${unclosed', '${unclosed'],
  ['\\$SET', '\\yes'],
] as const

t.test('variables of a compose file are filled in as Swarm does', async t => {
  for (const [text, expected] of ROWS) t.equal(expand(text, 'doubled', lookUp).text, expected, text)
})

t.test('a required variable that is not set is named with its reason', async t => {
  const { missing } = expand('${NONE:?say it} ${EMPTY:?} ${EMPTY?} ${SET:?}', 'doubled', lookUp)
  t.strictSame(missing, ['NONE (say it)', 'EMPTY'])
})

t.test('a long hostile text is read in linear time', async t => {
  for (const part of ['${A:-', '${A', '$$', '${A:-x}', '\\']) {
    // Read in a time that grows with the square, this would outlast the suite.
    const text = part.repeat(1_000_000)
    expand(text, 'doubled', lookUp)
    expand(`${text}}`, 'backslash', lookUp)
    t.pass(part)
  }
})
