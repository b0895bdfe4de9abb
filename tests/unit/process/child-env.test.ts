import t from 'tap'
import { childEnv, withoutShown, type ChildKind } from '../../../lib/process/child-env.js'
import { createMask } from '../../../lib/report/mask.js'

const KINDS: readonly ChildKind[] = ['abra', 'git', 'docker', 'hook']

// prettier-ignore
const TABLE: readonly (readonly [name: string, passesTo: readonly ChildKind[]])[] = [
  ['PATH',                      ['abra', 'git', 'docker', 'hook']],
  ['HOME',                      ['abra', 'git', 'docker', 'hook']],
  ['PWD',                       ['abra', 'git', 'docker', 'hook']],
  ['OLDPWD',                    ['abra', 'git', 'docker', 'hook']],
  ['LANG',                      ['abra', 'git', 'docker', 'hook']],
  ['ENVIRONMENT',               ['abra', 'git', 'docker', 'hook']],
  ['MY_NODE_NAME',              ['abra', 'git', 'docker', 'hook']],
  ['DRONE_BUILD_NUMBER',        ['abra', 'git', 'docker', 'hook']],
  ['AUTHOR',                    ['abra', 'git', 'docker', 'hook']],
  ['ABRA_DIR',                  ['abra', 'git', 'docker', 'hook']],
  ['ABRA_CI',                   ['abra', 'git', 'docker', 'hook']],
  ['DOCKER_HOST',               ['abra', 'git', 'docker', 'hook']],
  ['DOCKER_CONTEXT',            ['abra', 'git', 'docker', 'hook']],
  ['HTTPS_PROXY',               ['abra', 'git', 'docker', 'hook']],
  ['no_proxy',                  ['abra', 'git', 'docker', 'hook']],
  ['SSH_AUTH_SOCK',             ['abra', 'git', 'docker']],
  ['GITEA_TOKEN',               ['abra', 'git', 'docker']],
  ['DRONE_RPC_SECRET',          ['abra', 'git', 'docker']],
  ['RESTIC_PASSWORD',           ['abra', 'git', 'docker']],
  ['PGPASSWORD',                ['abra', 'git', 'docker']],
  ['DRONE_NETRC_PASSWORD',      ['abra', 'git', 'docker']],
  ['AWS_SECRET_ACCESS_KEY',     ['abra', 'git', 'docker']],
  ['AWS_ACCESS_KEY_ID',         ['abra', 'git', 'docker']],
  ['SOME_API_KEY',              ['abra', 'git', 'docker']],
  ['APIKEY',                    ['abra', 'git', 'docker']],
  ['GITHUB_PAT',                ['abra', 'git', 'docker']],
  ['DEPLOY_PRIVATE_KEY',        ['abra', 'git', 'docker']],
  ['SSH_PASSPHRASE',            ['abra', 'git', 'docker']],
  ['registry_auth',             ['abra', 'git', 'docker']],
  ['SIGNING_KEY',               ['abra', 'git', 'docker']],
  ['key',                       ['abra', 'git', 'docker']],
  ['DOCKER_AUTH_CONFIG',        ['abra', 'git', 'docker']],
  ['KEYBOARD',                  ['abra', 'git', 'docker', 'hook']],
  ['MONKEY',                    ['abra', 'git', 'docker', 'hook']],
  ['GIT_DIR',                   ['abra', 'docker', 'hook']],
  ['GIT_WORK_TREE',             ['abra', 'docker', 'hook']],
  ['GIT_SSH',                   ['abra', 'docker', 'hook']],
  ['GIT_CONFIG_GLOBAL',         ['abra', 'docker', 'hook']],
  ['GIT_AUTHOR_NAME',           ['abra', 'docker', 'hook']],
  ['SSH_ASKPASS',               ['abra', 'docker', 'hook']],
  ['NODE_OPTIONS',              []],
  ['NODE_PATH',                 []],
  ['NODE_EXTRA_CA_CERTS',       []],
  ['NODE_TLS_REJECT_UNAUTHORIZED', []],
  ['LD_PRELOAD',                []],
  ['LD_LIBRARY_PATH',           []],
  ['LD_AUDIT',                  []],
  ['BASH_ENV',                  []],
  ['ENV',                       []],
  ['SHELLOPTS',                 []],
  ['PYTHONPATH',                []],
  ['PYTHONSTARTUP',             []],
  ['PYTHONHOME',                []],
  ['PERL5LIB',                  []],
  ['PERL5OPT',                  []],
  ['RECIPE_CI_SUPERVISOR',      []],
  ['RECIPE_CI_EXPECTED_PARENT', []],
]

t.test('each child gets what it needs, and never what loads code or is not its own', async t => {
  for (const [name, passesTo] of TABLE) {
    const got = KINDS.filter(kind => childEnv({ [name]: 'value' }, kind)[name] === 'value')
    t.strictSame(got, passesTo, name)
  }
})

t.test('git neither prompts, nor runs hooks, nor reads the system configuration', async t => {
  t.match(childEnv({ GIT_TERMINAL_PROMPT: '1', GIT_CONFIG_COUNT: '7' }, 'git'), {
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_COUNT: '2',
    GIT_CONFIG_KEY_0: 'core.hooksPath',
    GIT_CONFIG_VALUE_0: '/dev/null',
    LC_ALL: 'C',
  })
})

t.test('what a child is given on purpose is its own', async t => {
  const given = { APP_PASSWORD: 'mine', NODE_EXTRA_CA_CERTS: '/ca.pem', GIT_TERMINAL_PROMPT: '1' }
  t.match(childEnv({ APP_PASSWORD: 'other' }, 'hook', given), given)
  t.match(childEnv({}, 'git', given), given)
})

t.test('a variable without a value is not there', async t => {
  t.strictSame(childEnv({ PATH: undefined }, 'abra'), {})
})

t.test('a known secret goes to no hook, whatever the name of its variable', async t => {
  const mask = createMask()
  mask.add('hunter22hunter\n')
  const env = {
    ...{ PLAIN: 'x', EMPTY: '', PROXY: 'http://proxy:3128', SOURCE: 'ssh://git@host/x' },
    ...{ PATH: '/opt/hunter22hunter/bin', HOME: '/home/hunter22hunter' },
  }
  const odd = {
    ODD: 'u hunter22hunter',
    CODED: Buffer.from('hunter22hunter').toString('base64'),
    DATABASE: 'postgres://me:unknown@db/app',
  }
  t.strictSame(withoutShown({ ...env, ...odd }, mask.shows), env)
})
