import { parseRecipeName, parseRunId } from '../../domain/names.js'
import { TIERS } from '../../domain/tiers.js'
import { option } from './option.js'
import {
  oneOf,
  orMalformed,
  parseBoolean,
  parseCount,
  parsePath,
  parseRef,
  parseVersion,
  type Parse,
} from './parsers.js'
import { parseStages } from './stages.js'

const recipeName = orMalformed(
  parseRecipeName,
  'a recipe name: a lower-case letter or digit, then up to 62 of a-z 0-9 _ . -',
)
const runId = orMalformed(
  parseRunId,
  'a letter or digit, then up to 63 of letters, digits, dot, underscore and hyphen',
)

export const SHELLS = ['bash', 'zsh', 'fish'] as const
const FORMATS = ['human', 'ndjson', 'tap'] as const

/** A text that is resolved later, when what it refers to is known. */
const asIs: Parse<string> = text => text

/** What a run is asked for. */
export const ASKED = {
  recipe: option({
    flags: '[recipe]',
    env: ['RECIPE'],
    parse: recipeName,
    standard: '',
    help: 'name of the recipe',
  }),
  ref: option({
    flags: '--ref <ref>',
    env: ['REF'],
    parse: parseRef,
    standard: 'head of the default branch',
    help: 'commit under test (40 hex), or a branch or tag',
  }),
  pr: option({
    flags: '--pr <n>',
    env: ['PR'],
    parse: parseCount,
    standard: '0',
    help: "pull request number, part of the app's identity",
  }),
  src: option({
    flags: '--src <repo>',
    env: ['SRC'],
    parse: asIs,
    standard: '<upstreamBase>/<recipe>.git',
    help: 'where the ref is cloned from: absolute path, owner/name below mirrorBase, or https, ssh, file URL',
  }),
  stages: option({
    flags: '--stages <list>',
    env: ['STAGES'],
    parse: parseStages,
    standard: 'install,upgrade,backup,restore,custom',
    help: 'comma list; install always runs, restore needs backup',
    words: TIERS,
  }),
  version: option({
    flags: '--target-version <v>',
    env: ['VERSION'],
    parse: parseVersion,
    standard: 'none',
    help: 'published version to test instead of a commit; not together with a ref',
  }),
  quick: option({
    flags: '--quick',
    env: ['CCCI_QUICK'],
    parse: parseBoolean,
    standard: 'off',
    help: 'the quick lane; without a canonical it runs cold and says so',
  }),
  skipFetch: option({
    flags: '--skip-fetch',
    env: ['CCCI_SKIP_FETCH'],
    parse: parseBoolean,
    standard: 'off',
    help: 'copy the staged clone instead of cloning; without a ref its HEAD, uncommitted files included',
  }),
  runId: option({
    flags: '--run-id <id>',
    env: ['CCCI_RUN_ID', 'DRONE_BUILD_NUMBER'],
    parse: runId,
    standard: 'manual-<pid>',
    help: 'names the run folder',
  }),
  keep: option({
    flags: '--keep',
    env: [],
    parse: parseBoolean,
    standard: 'off',
    help: 'leave the app up after the run, under a lease of 2 h; refused under Drone and CI',
  }),
  replaceKept: option({
    flags: '--replace-kept',
    env: [],
    parse: parseBoolean,
    standard: 'off',
    help: 'take down the app that an earlier --keep left up',
  }),
  freshRestore: option({
    flags: '--fresh-restore',
    env: ['CCCI_FRESH_RESTORE'],
    parse: parseBoolean,
    standard: 'off',
    help: 'restore also into emptied volumes',
  }),
  detached: option({
    flags: '--detached',
    env: ['RECIPE_CI_DETACHED'],
    parse: parseBoolean,
    standard: 'off',
    help: 'do not die with the parent',
  }),
  plan: option({
    flags: '--plan',
    env: [],
    parse: parseBoolean,
    standard: 'off',
    help: 'print base, target, tiers, skips and the reason of each; change nothing',
  }),
  format: option({
    flags: '--format <f>',
    env: ['RECIPE_CI_FORMAT'],
    parse: oneOf(FORMATS),
    standard: 'human',
    help: 'what stdout carries: human, ndjson or tap',
    words: FORMATS,
  }),
  shell: option({
    flags: '[shell]',
    env: [],
    parse: oneOf(SHELLS),
    standard: '',
    help: SHELLS.join(', '),
    words: SHELLS,
  }),
  show: option({
    flags: '--show',
    env: [],
    parse: parseBoolean,
    standard: 'off',
    help: 'print each setting with its value and where that comes from',
  }),
  dryRun: option({
    flags: '--dry-run',
    env: [],
    parse: parseBoolean,
    standard: 'off',
    help: 'decide and say, change nothing',
  }),
  json: option({
    flags: '--json',
    env: [],
    parse: parseBoolean,
    standard: 'off',
    help: 'one JSON object on stdout',
  }),
  config: option({
    flags: '--config <file>',
    env: ['RECIPE_CI_CONFIG'],
    parse: parsePath,
    standard: '/etc/recipe-ci/config.yml if present',
    help: 'config file (YAML)',
  }),
}
