import { setting } from './option.js'
import {
  oneOf,
  parseCount,
  parseGateway,
  parseMinutes,
  parsePath,
  parseServer,
  parseSuffix,
} from './parsers.js'
import { parseBase } from './source.js'

/** What an operator settles once: the keys of the config file. */
export const SETTINGS = {
  domain: setting({
    env: ['CCCI_DOMAIN'],
    key: 'domain',
    parse: parseSuffix,
    standard: 'none: must be given',
    help: 'wildcard suffix, used by CI alone; apps get <name>.<domain>',
  }),
  server: setting({
    env: ['CCCI_SERVER'],
    key: 'server',
    parse: parseServer,
    standard: 'default',
    help: "abra's name for the server",
  }),
  gateway: setting({
    env: ['CCCI_GATEWAY'],
    key: 'gateway',
    parse: parseGateway,
    standard: 'the name itself, port 443',
    help: 'host:port where the wildcard is reached',
  }),
  ca: setting({
    env: ['CCCI_CA'],
    key: 'ca',
    parse: parsePath,
    standard: 'none',
    help: 'extra CA in PEM form',
  }),
  upstreamBase: setting({
    env: ['CCCI_UPSTREAM_BASE'],
    key: 'upstreamBase',
    parse: parseBase,
    standard: 'https://git.coopcloud.tech/coop-cloud',
    help: 'what <recipe>.git is below',
  }),
  mirrorBase: setting({
    env: ['CCCI_MIRROR_BASE'],
    key: 'mirrorBase',
    parse: parseBase,
    standard: 'none',
    help: 'what owner/name in --src is below',
  }),
  runsDir: setting({
    flags: '--runs-dir <dir>',
    env: ['CCCI_RUNS_DIR'],
    key: 'runsDir',
    parse: parsePath,
    standard: '/var/lib/cc-ci-runs',
    help: 'one folder a run, with its record',
  }),
  lockDir: setting({
    flags: '--lock-dir <dir>',
    env: ['CCCI_APP_LOCK_DIR'],
    key: 'lockDir',
    parse: parsePath,
    standard: '/run/lock',
    help: 'one lock dir for each engine and domain',
  }),
  recipesDir: setting({
    flags: '--recipes-dir <dir>',
    env: ['CCCI_RECIPES_DIR'],
    key: 'recipesDir',
    parse: parsePath,
    standard: 'tests/recipes of the install',
    help: 'per-recipe customisation',
  }),
  stateDir: setting({
    env: ['CCCI_STATE_DIR'],
    key: 'stateDir',
    parse: parsePath,
    standard: '/var/lib/ci-warm',
    help: 'canonicals, mirrors, leases',
  }),
  secretsDir: setting({
    env: ['CCCI_SECRETS_DIR'],
    key: 'secretsDir',
    parse: parsePath,
    standard: '/run/secrets',
    help: 'values found here (8 or more characters) are masked in all output',
  }),
  deadline: setting({
    env: ['CCCI_DEADLINE_MINUTES'],
    key: 'deadlineMinutes',
    parse: parseMinutes,
    standard: '60',
    help: 'a run ends after so many minutes, waiting for a lock included',
  }),
  teardown: setting({
    env: ['CCCI_TEARDOWN_MINUTES'],
    key: 'teardownMinutes',
    parse: parseMinutes,
    standard: '10',
    help: 'minutes that a teardown may take',
  }),
  keepRuns: setting({
    env: ['CCCI_KEEP_RUNS'],
    key: 'keepRuns',
    parse: parseCount,
    standard: '200',
    help: 'older run folders are trimmed, the newest of each recipe stays',
  }),
  repoLocal: setting({
    // No environment twin: a build parameter must not be able to let code of a pull request run.
    env: [],
    key: 'repoLocal',
    parse: oneOf(['deny', 'sandbox']),
    standard: 'deny',
    help: 'tests of recipes that are not approved: deny or sandbox',
  }),
}
