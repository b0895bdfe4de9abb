import t from 'tap'
import { readLine } from '../../../lib/cli/line/command-line.js'
import { bareLine } from '../../../lib/cli/line/line.js'
import { COMMANDS } from '../../../lib/cli/line/commands.js'
import { META_KEYS } from '../../../lib/recipe/meta-registry.js'
import { faultOf } from './asking.js'

t.test('a command comes with its argument and options, unread', async t => {
  t.strictSame(
    await readLine(['run', 'ghost', '--pr', '3', '--skip-fetch', '--runs-dir', 'x'], 100),
    {
      command: 'run',
      line: { recipe: 'ghost', pr: '3', skipFetch: true, runsDir: 'x' },
    },
  )
  t.strictSame(await readLine(['janitor', '--dry-run', '--json'], 100), {
    command: 'janitor',
    line: { dryRun: true, json: true },
  })
})

t.test('a bare command is what commander makes of it, and nothing else is bare', async t => {
  for (const name of Object.keys(COMMANDS)) {
    t.strictSame(bareLine([name]), { command: name, line: {} })
    const { line: theirs } = (await readLine([name], 100)) as { line: Record<string, unknown> }
    t.strictSame(
      Object.values(theirs).filter(value => value !== undefined),
      [],
    )
    t.equal(bareLine([name, '--help']), undefined)
  }
  t.equal(bareLine([]), undefined)
  t.equal(bareLine(['rum']), undefined)
})

const REFUSED: readonly [readonly string[], RegExp][] = [
  [[], /no command/],
  [['rum'], /'rum'.*run/],
  [['run', '--reff', 'x'], /'--reff'.*--ref/],
  [['run', 'a', 'b'], /too many arguments/],
  [['run', '--pr'], /--pr <n>.*missing/],
  [['run', '--keep=yes'], /--keep/],
  [['janitor', 'x'], /too many arguments/],
  [['fetch', '--stages', 'x'], /'--stages'/],
  [['run', '--\u001b[31m'], /\\u\{1b\}/],
]

for (const [words, message] of REFUSED) {
  t.test(`what nobody can mean ends in exit 2: ${JSON.stringify(words)}`, async t => {
    const fault = await faultOf(readLine(words, 100))
    t.match(fault, { exit: 2, message, hint: /--help/ })
    t.notMatch(fault.message, /\p{Cc}/u)
  })
}

for (const [name, { options, settings, argument }] of Object.entries(COMMANDS)) {
  t.test(`the help of ${name} shows every option with its environment twin`, async t => {
    const help = await readLine([name, '--help'], 200)
    t.equal(help.command, 'help')
    const text = 'text' in help ? help.text : ''
    for (const option of [...options, ...settings, ...(argument === undefined ? [] : [argument])]) {
      t.match(text, option.flags?.split(' ')[0] ?? option.key)
      for (const twin of option.env) t.match(text, twin)
    }
  })
}

t.test("the help of run lists every key of a recipe's settings", async t => {
  const help = await readLine(['run', '--help'], 100)
  for (const { key } of META_KEYS) t.match(help, { text: new RegExp(`^  ${key} `, 'm') })
})

t.test('help can be asked for in three ways, whatever the exit code is by then', async t => {
  process.exitCode = 1
  t.teardown(() => {
    process.exitCode = 0
  })
  for (const words of [['--help'], ['run', '-h'], ['help', 'run']]) {
    const help = await readLine(words, 100)
    t.match(help, { command: 'help', text: /Usage: recipe-ci/ })
  }
})
