import t from 'tap'
import { isNewer, readHelp, readVersion } from '../../../lib/abra/help.js'
import { restoreCall } from '../../../lib/abra/restore.js'
import { flagWords } from '../../../lib/abra/caller.js'

const COBRA = `Deploy an app, as --force would

Usage:
  abra app deploy <domain> [version] [flags]

Aliases:
  deploy, d

Examples:
  abra app deploy x --not-a-flag

Flags:
  -C, --chaos                  ignore uncommitted recipes changes, see --help of upgrade
  -h, --help                   help for deploy
      --no-converge-checks     disable converge logic checks
      --timeout int            seconds (default 300)

Global Flags:
  -d, --debug      show debug messages
  -n, --no-input   toggle non-interactive mode
`
const URFAVE = `NAME:
   abra app deploy - Deploy an app

USAGE:
   abra app deploy [command options] <domain>

OPTIONS:
   --chaos, -C  ignore uncommitted changes (default: false)
   --domain value, -D value\tthe domain
`

t.test(
  'the flags of a command are those of its own help, not those its texts speak of',
  async t => {
    const help = readHelp(COBRA)
    t.strictSame(Object.keys(help.flags), ['chaos', 'help', 'no-converge-checks', 'timeout'])
    t.equal(help.flags['timeout']?.takesValue, true)
    t.equal(help.flags['chaos']?.takesValue, false)
    t.match(help.flags['chaos']?.about, /^ignore uncommitted/)
    t.strictSame(Object.keys(help.globals ?? {}), ['debug', 'no-input'])
    t.equal(help.usage, 'abra app deploy <domain> [version] [flags]')
  },
)

t.test('the older layout is read too', async t => {
  const help = readHelp(URFAVE)
  t.strictSame(help.flags, {
    chaos: { takesValue: false, about: 'ignore uncommitted changes (default: false)' },
    domain: { takesValue: true, about: 'the domain' },
  })
  t.equal(help.globals, undefined)
  t.match(help.usage, /abra app deploy/)
})

t.test('a flag that is not listed, or takes its value otherwise, is never passed', async t => {
  const { flags, usage } = readHelp(COBRA)
  const wanted = { chaos: true, timeout: '300', force: true, domain: 'x' } as const
  t.strictSame(flagWords(wanted, { flags, usage }), ['--chaos', '--timeout', '300'])
  t.strictSame(flagWords({ timeout: true, chaos: 'x' }, { flags, usage }), [])
  t.strictSame(flagWords(wanted, undefined), [])
})

const LAYOUTS: [string, Record<string, boolean>][] = [
  ['--chaos, -C  ignore\n--server NAME  which', { chaos: false, server: true }],
  ['  --chaos ignore uncommitted changes\n  --force: go on', { chaos: false, force: false }],
  [
    '  -C, --chaos - ignore changes\n  -f, --force (default: false)',
    { chaos: false, force: false },
  ],
  ['  -D, --domain <domain> of the app\n  --server=<server>', { domain: true, server: true }],
  [
    '  --server, -s string on which host\n  -D DOMAIN, --domain DOMAIN',
    { server: true, domain: true },
  ],
  ['  --machine JSON output\n  - see --help of others', { machine: false }],
]

t.test('a switch is told from a flag with a value in other layouts too', async t => {
  for (const [text, expected] of LAYOUTS) {
    const seen = Object.entries(readHelp(text).flags).map(([name, each]) => [name, each.takesValue])
    t.strictSame(Object.fromEntries(seen), expected, text)
  }
  t.match(readHelp('  --hooks do not run hooks').flags['hooks']?.about, 'do not run hooks')
})

t.test('a version is read from what abra says of itself', async t => {
  t.equal(readVersion('abra version 0.13.0-beta-06a57de\n'), '0.13.0-beta-06a57de')
  t.equal(readVersion('nothing'), undefined)
  for (const [version, newer] of [
    ['0.13.0-beta-06a57de', false],
    ['0.13.1-beta', true],
    ['0.14.0', true],
    ['1.0.0', true],
    ['0.9.5', false],
    ['0.12.9', false],
  ] as const)
    t.equal(isNewer(version, '0.13.0'), newer, version)
})

const flag = (about: string, takesValue = false) => ({ about, takesValue })

t.test('a snapshot is named in the form that this abra takes', async t => {
  const call = (flags: Parameters<typeof restoreCall>[0]['flags'], usage = 'restore <domain>') =>
    restoreCall({ flags, usage }, 'a.example', 'abc')
  t.match(call({ snapshot: flag('', true) }), {
    args: ['a.example'],
    flags: { snapshot: 'abc' },
    snapshot: 'abc',
  })
  t.match(call({}, 'abra app restore <domain> [snapshot] [flags]'), {
    args: ['a.example', 'abc'],
    snapshot: 'abc',
  })
  t.match(call({}), { args: ['a.example'], snapshot: undefined }, 'none: it restores the newest')
  t.match(call({ snapshot: flag('a switch') }), { snapshot: undefined })
  t.equal(
    restoreCall({ flags: { snapshot: flag('', true) }, usage: '' }, 'a', undefined).flags[
      'snapshot'
    ],
    undefined,
  )
})

t.test('the hooks of a recipe run in its restore', async t => {
  const hooks = (about: string, takesValue = false) =>
    flagWords(
      restoreCall({ flags: { hooks: flag(about, takesValue) }, usage: '' }, 'a', undefined).flags,
      { flags: { hooks: flag(about, takesValue) }, usage: '' },
    )
  t.strictSame(hooks('enable pre/post-hook command execution'), ['--hooks'])
  t.strictSame(hooks('disable hooks'), [])
  t.strictSame(hooks('do not run hooks'), [])
  t.strictSame(hooks('hooks to run', true), [])
})
