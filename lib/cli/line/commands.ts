import { CRASH_POINTS } from '../../domain/crash-points.js'
import { SELFTEST } from './asked-selftest.js'
import { ASKED } from './asked.js'
import type { Option } from './option.js'
import { SETTINGS } from './settings.js'

export type CommandName =
  'run' | 'janitor' | 'fetch' | 'setup-abra-dir' | 'config' | 'completion' | 'doctor' | 'selftest'

/** One subcommand as `--help` shows it: what it does and which settings it takes. */
export type CommandSpec = {
  readonly summary: string
  readonly argument?: Option<unknown>
  readonly options: readonly Option<unknown>[]
  /** Settings without an option of this command: config file and environment only. */
  readonly settings: readonly Option<unknown>[]
  readonly notes: readonly string[]
}

/** The self-test makes its own. */
const OWN_TO_SELFTEST = ['keepRuns', 'repoLocal']

const FOLDERS = [SETTINGS.runsDir, SETTINGS.lockDir]

export const COMMANDS: Readonly<Record<CommandName, CommandSpec>> = {
  run: {
    summary: 'deploy a recipe, check every stage of its life, remove it again',
    argument: ASKED.recipe,
    options: [
      ...[ASKED.ref, ASKED.pr, ASKED.src, ASKED.stages, ASKED.version, ASKED.quick],
      ...[ASKED.skipFetch, ASKED.runId, ...FOLDERS, SETTINGS.recipesDir, ASKED.keep],
      ...[ASKED.replaceKept, ASKED.freshRestore, ASKED.detached, ASKED.plan, ASKED.format],
      ASKED.config,
    ],
    settings: Object.values(SETTINGS).filter(setting => !('flags' in setting)),
    notes: [
      'CCCI_SKIP_GENERIC and CCCI_SKIP_GENERIC_<OP> (local development only) skip generic assertions; the rung becomes unver.',
      'Exit: 0 green, 7 red, 1 could not test, 2 asked wrongly, 129 130 143 signalled, 142 overdue.',
    ],
  },
  janitor: {
    summary: 'one sweep: remove what dead runs left behind',
    options: [ASKED.dryRun, ASKED.json, ...FOLDERS, ASKED.config],
    settings: [SETTINGS.domain, SETTINGS.server, SETTINGS.stateDir, SETTINGS.deadline],
    notes: ['Exit: 0, or 7 when something could not be removed.'],
  },
  fetch: {
    summary: 'clone or update the staged clone that --skip-fetch copies; print its head commit',
    argument: { ...ASKED.recipe, flags: '[recipe]' },
    options: [ASKED.ref, ASKED.src, ASKED.config],
    settings: [SETTINGS.upstreamBase, SETTINGS.mirrorBase, SETTINGS.stateDir],
    notes: ['The clone lies in $ABRA_DIR/recipes, else in ~/.abra/recipes.'],
  },
  'setup-abra-dir': {
    summary: 'build an abra folder of its own for a run; print the line that exports it',
    options: [ASKED.runId, SETTINGS.runsDir, ASKED.config],
    settings: [],
    notes: ['Use: eval "$(recipe-ci setup-abra-dir)"'],
  },
  doctor: {
    summary: 'is this host fit: look at everything a run would use, say what is wrong and the fix',
    options: [ASKED.json, ...FOLDERS, ASKED.config],
    settings: [
      ...[SETTINGS.domain, SETTINGS.server, SETTINGS.gateway, SETTINGS.ca, SETTINGS.stateDir],
      ...[SETTINGS.secretsDir, SETTINGS.deadline, SETTINGS.teardown, SETTINGS.minFree],
    ],
    notes: ['Changes nothing. Exit: 0 fit, also with warnings; 7 when a check failed.'],
  },
  config: {
    summary: 'check the config file; --show prints every setting and where it comes from',
    options: [ASKED.show, ASKED.json, ...FOLDERS, SETTINGS.recipesDir, ASKED.config],
    settings: Object.values(SETTINGS).filter(setting => !('flags' in setting)),
    notes: ['Exit: 0, or 2 when something in it is malformed.'],
  },
  completion: {
    summary: 'print the completion script of a shell',
    argument: ASKED.shell,
    options: [],
    settings: [],
    notes: ['Use: eval "$(recipe-ci completion bash)", or see docs/operating.md.'],
  },
  selftest: {
    summary: 'kill a run at every crash point, sweep once, and prove that nothing is left',
    options: [SELFTEST.points, SELFTEST.onThisHost, SELFTEST.image, ASKED.json, ASKED.config],
    settings: Object.values(SETTINGS).filter(
      setting => !('flags' in setting) && !OWN_TO_SELFTEST.includes(setting.key),
    ),
    notes: [
      `Crash points: ${CRASH_POINTS.map(({ name }) => name).join(', ')}.`,
      'In a checkout it brings up a lab of its own and takes it down; elsewhere it wants --on-this-host.',
      'Exit: 0 every point is clean, 7 one is not, 1 could not test, 2 asked wrongly, 129 130 143 signalled.',
    ],
  },
}
