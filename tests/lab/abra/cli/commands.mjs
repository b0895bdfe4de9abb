import process from 'node:process'
import { behaviour } from '../behaviours.mjs'

const bool = (long, short, about) => ({ long, short, about, type: 'bool' })
const text = (long, short, about) => ({ long, short, about, type: 'string' })
const list = (long, short, about) => ({ long, short, about, type: 'strings' })
const number = (long, short, about) => ({ long, short, about, type: 'int' })

export const GLOBAL_FLAGS = [
  bool('debug', 'd', 'show debug messages'),
  bool('no-input', 'n', 'toggle non-interactive mode'),
  bool('offline', 'o', 'prefer offline & filesystem access'),
]
export const HELP = bool('help', 'h', 'help for this command')

const CHAOS = bool('chaos', 'C', 'ignore uncommitted recipes changes')
const MACHINE = bool('machine', 'm', 'print machine-readable output')
const FORCE = bool('force', 'f', 'perform action without further prompt')
const NO_CONVERGE = bool('no-converge-checks', 'c', 'disable converge logic checks')
const NO_DOMAIN = bool('no-domain-checks', 'D', 'disable public DNS checks')
const UNCHANGED = bool('show-unchanged', 'U', 'show all configs & images, including unchanged ones')
const PASS = bool('pass', 'p', 'store secrets in a local pass store')
const LATEST = bool('latest', 'l', 'deploy latest recipe version')

const snapshotFlag = () =>
  behaviour('RESTORE_SNAPSHOT') === 'flag'
    ? [text('snapshot', '', 'restore specific snapshot')]
    : []

/** A command: how it is called, how many arguments it takes, its flags, and the verb that carries it out. */
const command = (use, args, { short, alias = [], flags = [], verb }) => ({
  use,
  args,
  short,
  alias,
  flags,
  verb,
})

// prettier-ignore
const TABLE = {
  'app backup create': command('create <domain>', [1, 1], { short: 'Create a new snapshot', alias: ['c'],
    flags: [number('retries', 'r', 'number of retry attempts'), CHAOS], verb: ['backup', 'create'] }),
  'app backup download': command('download <domain>', [1, 1], { short: 'Download a snapshot', alias: ['d'],
    flags: [text('snapshot', 's', 'retrieve specific snapshot'), text('path', 'p', 'volumes path'),
      list('volumes', 'v', 'include volumes'), bool('secrets', 'S', 'include secrets'), CHAOS], verb: ['backup', 'download'] }),
  'app backup list': command('list <domain>', [1, 1], { short: 'List the contents of a snapshot', alias: ['ls'],
    flags: [text('snapshot', 's', 'list specific snapshot'), bool('all', 'a', 'show all paths'),
      bool('timestamps', 't', 'include timestamps'), CHAOS], verb: ['backup', 'list'] }),
  'app backup snapshots': command('snapshots <domain>', [1, 1], { short: 'List all snapshots', alias: ['s'],
    flags: [CHAOS], verb: ['backup', 'snapshots'] }),
  'app check': command('check <domain>', [1, 1], { short: 'Ensure an app is well configured', alias: ['chk'],
    flags: [CHAOS], verb: ['env', 'check'] }),
  'app cmd': command('cmd <domain> [service | --local] <cmd> [[args] --]', [2, 99], { short: 'Run app commands', alias: ['command'],
    flags: [bool('local', 'l', 'run command locally'), text('user', 'u', 'request remote user'),
      bool('tty', 'T', 'request remote TTY'), CHAOS], verb: ['run', 'cmd'] }),
  'app deploy': command('deploy <domain> [version]', [1, 2], { short: 'Deploy an app', alias: ['d'],
    flags: [CHAOS, FORCE, NO_CONVERGE, NO_DOMAIN, LATEST, UNCHANGED], verb: ['deploy', 'deploy'] }),
  'app env check': command('check <domain>', [1, 1], { short: 'Ensure an app is well configured', flags: [CHAOS], verb: ['env', 'check'] }),
  'app env list': command('list <domain>', [1, 1], { short: 'List all app environment values', alias: ['ls'], verb: ['env', 'list'] }),
  'app list': command('list', [0, 0], { short: 'List all managed apps', alias: ['ls'],
    flags: [MACHINE, text('recipe', 'r', 'show apps of a specific recipe'), text('server', 's', 'show apps of a specific server'),
      bool('status', 'S', 'show app deployment status')], verb: ['list', 'apps'] }),
  'app logs': command('logs <domain> [service]', [1, 2], { short: 'Tail app logs', alias: ['l'],
    flags: [text('since', '', 'tail logs since YYYY-MM-DDTHH:MM:SSZ'), bool('stdout-only', '', 'only tail stdout')], verb: ['run', 'logs'] }),
  'app new': command('new [recipe] [version]', [1, 2], { short: 'Create a new app', alias: ['n'],
    flags: [text('server', 's', 'specify server for new app'), text('domain', 'D', 'domain name for app'),
      PASS, bool('secrets', 'S', 'automatically generate secrets'), CHAOS], verb: ['new', 'create'] }),
  'app ps': command('ps <domain>', [1, 1], { short: 'Check app deployment status', flags: [MACHINE, CHAOS], verb: ['list', 'services'] }),
  'app remove': command('remove <domain>', [1, 1], { short: 'Remove all app data, locally and remotely', alias: ['rm'],
    flags: [FORCE], verb: ['remove', 'app'] }),
  'app restart': command('restart <domain> [[service] | --all-services]', [1, 2], { short: 'Restart an app', alias: ['re'],
    flags: [bool('all-services', 'a', 'restart all services'), CHAOS], verb: ['run', 'restart'] }),
  'app restore': command('restore <domain>', [1, 1], { short: 'Restore a snapshot', alias: ['rs'],
    flags: [text('target', 't', 'target path'), list('services', 's', 'restore specific services'),
      list('volumes', 'v', 'restore specific volumes'), bool('hooks', 'H', 'enable pre/post-hook command execution'), CHAOS, ...snapshotFlag()],
    verb: ['backup', 'restore'] }),
  'app rollback': command('rollback <domain> [version]', [1, 2], { short: 'Roll an app back to a previous version', alias: ['rl'],
    flags: [FORCE, NO_CONVERGE, NO_DOMAIN, UNCHANGED], verb: ['deploy', 'rollback'] }),
  'app run': command('run <domain> <service> <cmd> [[args] [flags] | [flags] -- [args]]', [3, 99], { short: 'Run a command inside a service container', alias: ['r'],
    flags: [bool('no-tty', 't', 'do not request a TTY'), text('user', 'u', 'run command as user')], verb: ['run', 'run'] }),
  'app secret generate': command('generate <domain> [[secret] [version] | --all]', [1, 3], { short: 'Generate secrets', alias: ['g'],
    flags: [bool('all', 'a', 'generate all secrets'), MACHINE, PASS, CHAOS], verb: ['secret', 'generate'] }),
  'app secret insert': command('insert <domain> <secret> <version> [<data>]', [3, 4], { short: 'Insert secret', alias: ['i'],
    flags: [bool('file', 'f', 'treat input as a file'), PASS, bool('trim', 't', 'trim input'), CHAOS], verb: ['secret', 'insert'] }),
  'app secret list': command('list <domain>', [1, 1], { short: 'List all secrets', alias: ['ls'],
    flags: [MACHINE, PASS, CHAOS], verb: ['secret', 'list'] }),
  'app secret remove': command('remove <domain> [[secret] | --all]', [1, 2], { short: 'Remove a secret', alias: ['rm'],
    flags: [bool('all', 'a', 'remove all secrets'), PASS, CHAOS], verb: ['secret', 'remove'] }),
  'app undeploy': command('undeploy <domain>', [1, 1], { short: 'Undeploy an app', alias: ['un'],
    flags: [bool('prune', 'p', 'prune unused containers, networks, and dangling images for an app')], verb: ['remove', 'undeploy'] }),
  'app upgrade': command('upgrade <domain> [version]', [1, 2], { short: 'Upgrade an app', alias: ['up'],
    flags: [FORCE, NO_CONVERGE, NO_DOMAIN, bool('releasenotes', 'r', 'only show release notes'), UNCHANGED], verb: ['deploy', 'upgrade'] }),
  'app volume list': command('list <domain>', [1, 1], { short: 'List volumes associated with an app', alias: ['ls'], verb: ['volume', 'list'] }),
  'app volume remove': command('remove <domain> [volume]', [1, 2], { short: 'Remove volume(s) associated with an app', alias: ['rm'],
    flags: [FORCE], verb: ['volume', 'remove'] }),
  'recipe fetch': command('fetch [recipe | --all]', [0, 1], { short: 'Clone recipe(s) locally', alias: ['f'],
    flags: [bool('all', 'a', 'fetch all recipes'), FORCE], verb: ['recipe', 'fetch'] }),
  'recipe lint': command('lint <recipe>', [1, 1], { short: 'Lint a recipe', alias: ['l'],
    flags: [bool('only-error', 'e', 'only show errors'), CHAOS], verb: ['lint', 'lint'] }),
  'recipe list': command('list', [0, 0], { short: 'List recipes', alias: ['ls'],
    flags: [MACHINE, text('pattern', 'p', 'filter by recipe')], verb: ['recipe', 'list'] }),
  'recipe versions': command('versions <recipe>', [1, 1], { short: 'List recipe versions', alias: ['v'],
    flags: [MACHINE], verb: ['recipe', 'versions'] }),
  'server add': command('add [[server] | --local]', [0, 1], { short: 'Add a new server', alias: ['a'],
    flags: [bool('local', 'l', 'use local server')], verb: ['server', 'add'] }),
  'server list': command('list', [0, 0], { short: 'List managed servers', alias: ['ls'], flags: [MACHINE], verb: ['server', 'list'] }),
}

const GROUPS = {
  '': 'The Co-op Cloud command-line utility belt',
  app: 'Manage apps',
  'app backup': 'Manage app backups',
  'app env': 'Manage app environment values',
  'app secret': 'Manage app secrets',
  'app volume': 'Manage app volumes',
  recipe: 'Manage recipes',
  server: 'Manage servers',
}

/** Flags that this abra does not have: `ABRA_STANDIN_WITHOUT="app deploy --offline, app new --domain"`. */
const absent = () =>
  (process.env['ABRA_STANDIN_WITHOUT'] ?? '').split(',').map(entry => entry.trim())

function visible(path, flags) {
  const without = absent()
  return flags.filter(flag => !without.includes(`${path} --${flag.long}`))
}

export const shortOf = path => GROUPS[path] ?? TABLE[path].short
export const isGroup = path => path in GROUPS

/** The command at this path with the flags it has, or undefined. */
export function commandAt(path) {
  const found = TABLE[path]
  if (!found) return undefined
  return {
    ...found,
    path,
    flags: visible(path, [...found.flags, HELP]),
    globals: visible(path, GLOBAL_FLAGS),
  }
}

/** The paths one level below a group, in order. */
export function childrenOf(group) {
  const depth = group === '' ? 1 : group.split(' ').length + 1
  return [...Object.keys(GROUPS), ...Object.keys(TABLE)]
    .filter(path => path !== '' && path.split(' ').length === depth)
    .filter(path => group === '' || path.startsWith(`${group} `))
    .sort()
}

/** The path that a word leads to from a group, by name or alias. */
export function step(group, word) {
  return childrenOf(group).find(path => {
    const name = path.split(' ').at(-1)
    return name === word || TABLE[path]?.alias.includes(word)
  })
}
