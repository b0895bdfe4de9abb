import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { createStandIn, STAND_IN_DIR, type StandIn } from '../../support/stand-in.js'

const IMAGE = 'recipe-ci-stand-in/none:1'

let standIn: StandIn
t.before(async () => {
  standIn = await createStandIn(IMAGE)
})
t.teardown(() => standIn[Symbol.asyncDispose]())

const lastLine = (text: string) => text.trimEnd().split('\n').at(-1)

t.test('every call says on stderr that this is the stand-in', async t => {
  for (const args of [['--version'], ['app', 'deploy', '--help'], ['nonsense']]) {
    const { stderr } = await standIn.abra(args)
    t.match(stderr, /^This is the stand-in for abra/)
  }
})

t.test('the version is one line on stdout', async t => {
  const { code, stdout } = await standIn.abra(['--version'])
  t.equal(code, 0)
  t.equal(stdout, 'abra version 0.13.0-beta-06a57de')
})

// prettier-ignore
const MISTAKES: readonly [readonly string[], string][] = [
  [['frobnicate'], 'FATA unknown command "frobnicate" for "abra"'],
  [['app', 'frobnicate'], 'FATA unknown command "frobnicate" for "abra app"'],
  [['app', 'deploy', 'x.y', '--frob'], 'FATA unknown flag: --frob'],
  [['app', 'deploy', 'x.y', '-Cz'], "FATA unknown shorthand flag: 'z' in -Cz"],
  [['app', 'deploy', 'x.y', '--machine'], 'FATA unknown flag: --machine'],
  [['app', 'new', 'tiny', '--domain'], 'FATA flag needs an argument: --domain'],
  [['app', 'deploy', 'x.y', '--chaos=maybe'], 'FATA invalid argument "maybe" for "-C, --chaos" flag: strconv.ParseBool: parsing "maybe": invalid syntax'],
  [['app', 'deploy'], 'FATA accepts between 1 and 2 arg(s), received 0'],
  [['app', 'remove', 'a', 'b'], 'FATA accepts 1 arg(s), received 2'],
  [['app', 'ps', 'no-such.app'], 'FATA cannot find app with name no-such.app'],
]
t.test('a wrong call is one FATA line and exit status 1', async t => {
  for (const [args, line] of MISTAKES) {
    const { code, stdout, stderr } = await standIn.abra(args)
    t.equal(code, 1, args.join(' '))
    t.equal(stdout, '')
    t.equal(lastLine(stderr), line)
  }
})

// prettier-ignore
const FLAGS: Readonly<Record<string, readonly string[]>> = {
  'app new': ['-s, --server string', '-D, --domain string', '-S, --secrets', '-p, --pass', '-C, --chaos'],
  'app deploy': ['-C, --chaos', '-f, --force', '-c, --no-converge-checks', '-D, --no-domain-checks'],
  'app undeploy': ['-p, --prune'],
  'app remove': ['-f, --force'],
  'app volume remove': ['-f, --force'],
  'app secret generate': ['-a, --all', '-m, --machine', '-p, --pass', '-C, --chaos'],
  'app secret insert': ['-f, --file'],
  'app secret rm': ['-a, --all'],
  'app ls': ['-m, --machine', '-S, --status', '-s, --server string', '-r, --recipe string'],
  'app ps': ['-m, --machine', '-C, --chaos'],
  'app backup create': ['-r, --retries int', '-C, --chaos'],
  'app restore': ['-t, --target string', '-v, --volumes strings', '-s, --services strings', '-H, --hooks', '-C, --chaos'],
  'recipe lint': ['-e, --only-error', '-C, --chaos'],
  'server add': ['-l, --local'],
}
t.test('help names every flag with both its forms, the global ones too', async t => {
  for (const [path, flags] of Object.entries(FLAGS)) {
    const { code, stdout } = await standIn.abra([...path.split(' '), '--help'])
    t.equal(code, 0, path)
    for (const flag of [...flags, '-n, --no-input', '-o, --offline', '-h, --help']) {
      t.ok(stdout.includes(`  ${flag} `), `${path} ${flag}`)
    }
  }
})

t.test('a flag that this abra does not have is neither in the help nor accepted', async t => {
  const env = { ABRA_STANDIN_WITHOUT: 'app deploy --offline, app deploy --chaos' }
  const { stdout } = await standIn.abra(['app', 'deploy', '--help'], { env })
  t.notMatch(stdout, /--offline|--chaos/)
  t.match(stdout, /--no-input/)
  const { stderr } = await standIn.abra(['app', 'deploy', 'x.y', '--offline'], { env })
  t.equal(lastLine(stderr), 'FATA unknown flag: --offline')
})

t.test('flags may stand anywhere', async t => {
  const { stderr } = await standIn.abra([
    '-n',
    'app',
    '--offline',
    'deploy',
    '-C',
    'no-such.app',
    '-c',
  ])
  t.equal(lastLine(stderr), 'FATA cannot find app with name no-such.app')
})

t.test('the journal has a beginning and an end of every call', async t => {
  await standIn.abra(['server', 'ls', '-m'])
  const [begin, end] = (await standIn.journal()).slice(-2)
  t.match(begin, { event: 'begin', argv: ['server', 'ls', '-m'], abraDir: standIn.abraDir })
  t.match(end, { event: 'end', argv: ['server', 'ls', '-m'], exit: 0, signal: null, ms: Number })
})

t.test('every switch stands in the README, with the same forms, default first', async t => {
  const code = await readFile(join(STAND_IN_DIR, 'behaviours.mjs'), 'utf8')
  const readme = await readFile(join(STAND_IN_DIR, 'README.md'), 'utf8')
  const coded = [...code.matchAll(/^ {2}([A-Z_]+): *\[(.*?)\]/gm)].map(
    ([, name, forms]) => `${name ?? ''}: ${(forms ?? '').replaceAll("'", '')}`,
  )
  const told = [...readme.matchAll(/^\| `([A-Z_]+)` \| (.*?) \|/gm)]
    .map(([, name, forms]) => `${name ?? ''}: ${(forms ?? '').replaceAll('`', '')}`)
    .filter(row => !row.startsWith('ABRA_STANDIN_'))
  t.ok(coded.length > 20)
  t.same(told, coded)
})

t.test('a form that a switch does not have is refused', async t => {
  const env = { ABRA_STANDIN_TREE: 'sometimes' }
  await standIn.abra(['app', 'new', 'tiny', '-n', '-o', '-D', 'form.test', '-s', 'default'])
  const { code, stderr } = await standIn.abra(['app', 'ps', 'form.test'], { env })
  t.equal(code, 1)
  t.match(stderr, /FATA ABRA_STANDIN_TREE must be one of ensure, ignore: it is "sometimes"/)
})
