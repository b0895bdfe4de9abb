import {
  fromLab,
  green,
  only,
  both,
  red,
  runs,
  unverified,
  inCompose,
  meta,
  type Animal,
} from '../animal.js'

const SAY = (lines: string): string => `#!/bin/sh\n${lines}\n`
const LOCATION = 'location / {\n        try_files $uri $uri/ =404;\n    }'

/** What the recipe's own tests and hooks find, and what a run must not let pass for a test. */
export const CUSTOM: readonly Animal[] = [
  {
    ...fromLab('bad-custom'),
    spread: true,
    custom: {
      'custom/page.sh': SAY('echo "the page does not say Opening hours" >&2\nexit 1'),
    },
    expected: {
      ...red('functional', 'test_failed', /page\.sh/),
      rungs: { install: 'pass', upgrade: 'pass', functional: 'fail' },
    },
  },
  {
    name: 'test-tap-point',
    about: 'one TAP point of three fails, and the test exits 0',
    releases: only('site', []),
    custom: {
      'custom/points.sh': SAY('echo "1..3"; echo "ok 1"; echo "not ok 2 - the menu"; echo "ok 3"'),
    },
    expected: red('functional', 'test_failed', /the menu/),
  },
  {
    name: 'test-tap-cut',
    about: 'a test that ends in the middle of its TAP plan, with exit code 0',
    releases: only('site', []),
    custom: { 'custom/points.sh': SAY('echo "1..3"; echo "ok 1"') },
    expected: red('functional', 'test_failed', /planned 3/),
  },
  {
    name: 'test-of-nothing',
    about: 'the only custom test plans no point: nothing was tested',
    releases: only('site', []),
    custom: { 'custom/nothing.sh': SAY('echo "TAP version 14"; echo "1..0"') },
    expected: unverified('functional', 'not_verified', /no point/),
  },
  {
    name: 'test-all-skipped',
    about: 'every custom test is skipped and exits well: nothing was tested',
    releases: only('site', []),
    custom: { 'custom/later.sh': SAY('echo "no account to log in with"; exit 77') },
    spread: true,
    expected: unverified('functional', 'not_verified'),
  },
  {
    name: 'test-no-runner',
    about: 'a custom test that nothing on this host can run',
    releases: only('site', []),
    custom: { 'custom/page': '#!/no/such/interpreter\nlook\n' },
    expected: unverified('functional', 'not_verified', /not run|exit code/),
  },
  {
    name: 'test-suite-skipped',
    about: 'a suite that says ok over nothing but skipped tests: nothing was tested',
    releases: only('site', []),
    custom: {
      'custom/sso.mjs':
        "import { describe, it } from 'node:test'\ndescribe('single sign-on', () => {\n  it('logs in', { skip: 'no account' }, () => {})\n})\n",
    },
    expected: unverified('functional', 'not_verified'),
  },
  {
    name: 'test-hollow',
    about: 'a custom test whose lines are all comments, which a shell runs well',
    releases: only('site', []),
    custom: { 'custom/page.sh': '#!/bin/sh\n# curl -f "$BASE_URL"\n' },
    expected: unverified('functional', 'not_verified', /nothing to run/),
  },
  {
    name: 'test-after-install',
    about: "the recipe's own look at the install fails",
    releases: only('site', []),
    custom: { 'test_install.sh': SAY('echo "no menu" >&2\nexit 1') },
    expected: red('install', 'test_failed', /no menu/),
  },
  {
    name: 'test-after-upgrade',
    about: "the recipe's own look at the upgrade fails",
    releases: both('site', []),
    custom: { 'test_upgrade.sh': SAY('echo "settings were reset" >&2\nexit 1') },
    expected: {
      ...red('upgrade', 'test_failed', /settings were reset/),
      rungs: { install: 'pass', upgrade: 'fail' },
    },
  },
  {
    name: 'test-after-backup',
    about: "the recipe's own look at the app after its backup fails",
    releases: only('kv', []),
    custom: { 'test_backup.sh': SAY('echo "left in maintenance" >&2\nexit 1') },
    expected: red('backup_restore', 'test_failed', /left in maintenance/),
  },
  {
    name: 'test-after-restore',
    about: "the recipe's own look at the restored app fails",
    releases: only('kv', []),
    custom: { 'test_restore.sh': SAY('echo "the index is stale" >&2\nexit 1') },
    expected: red('backup_restore', 'test_failed', /index is stale/),
  },
  {
    name: 'overlay-content',
    about: 'an assertion of the recipe that passes does not replace the generic ones',
    releases: only('site', [
      { file: 'nginx.conf.tmpl', from: LOCATION, to: 'location / { return 404; }' },
      inCompose('"-sf", "-o"', '"-s", "-o"'),
    ]),
    custom: { ...meta('HTTP_TIMEOUT: 15'), 'test_install.sh': SAY('exit 0') },
    expected: red('install', 'not_serving', /404/),
  },
  {
    name: 'steps-fail',
    about: 'the install steps fail',
    releases: only('site', []),
    custom: { 'install_steps.sh': SAY('echo "no such theme" >&2\nexit 2') },
    expected: red('install', 'test_failed', /no such theme/),
  },
  {
    name: 'hook-before-install',
    about: 'the hook before the install fails: nothing is deployed',
    releases: only('site', []),
    custom: { 'ops/pre_install': SAY('echo "no licence" >&2\nexit 1') },
    expected: red('install', 'test_failed', /no licence/),
  },
  {
    name: 'hook-before-upgrade',
    about: 'the hook before the upgrade fails: the upgrade is not even tried',
    releases: both('site', []),
    custom: { 'ops/pre_upgrade': SAY('echo "cannot seed" >&2\nexit 1') },
    expected: { ...red('upgrade', 'test_failed', /cannot seed/), rungs: { upgrade: 'fail' } },
  },
  {
    name: 'hook-before-backup',
    about: 'the hook before the backup fails: none is made',
    releases: only('kv', []),
    custom: { 'ops/pre_backup': SAY('echo "cannot freeze" >&2\nexit 1') },
    expected: red('backup_restore', 'test_failed', /cannot freeze/),
  },
  {
    name: 'hook-before-restore',
    about: 'the hook before the restore fails: nothing is restored',
    releases: only('kv', []),
    custom: { 'ops/pre_restore': SAY('echo "cannot drain" >&2\nexit 1') },
    expected: red('backup_restore', 'test_failed', /cannot drain/),
  },
  {
    name: 'moves-nothing',
    about: 'the settings name the head itself as the base of the upgrade',
    releases: both('site', []),
    custom: meta("UPGRADE_BASE_VERSION: '1.1.0+1.1'"),
    expected: {
      ...unverified('upgrade', 'not_verified'),
      check: { name: /base is not the head/, status: 'unver' },
    },
  },
  {
    name: 'false-stamp',
    about: 'the compose file itself says which commit it is, and it is another one',
    releases: both('site', [
      inCompose(
        '\nnetworks:\n  proxy:',
        '\n  aide:\n    image: __IMAGE_WEB__\n    command: ["sleep", "3600"]\n    stop_grace_period: 1s\n    deploy:\n      labels:\n        - "coop-cloud.${STACK_NAME}.chaos-version=0badc0de"\n\nnetworks:\n  proxy:',
      ),
    ]),
    expected: red('install', 'not_verified', /0badc0de/),
  },
  {
    name: 'counted-twice',
    about: 'a hook creates an app of its own beside the one under test',
    releases: only('site', []),
    custom: { 'install_steps.sh': SAY('echo "app new" >>"$RUN_DIR/deploy-count"') },
    expected: {
      exit: 7,
      rungs: { install: 'pass' },
      cause: 'deploy_count',
      says: /2 apps where 1/,
    },
  },
  {
    name: 'left-behind',
    about: 'a test leaves a container of its own that holds a volume of the app',
    releases: only('site', []),
    custom: {
      'custom/hold.sh': SAY(
        'exec docker run --detach --rm --name "zoo-holds-$STACK_NAME" --volume "${STACK_NAME}_held:/held" "$(docker service inspect "${STACK_NAME}_app" --format "{{.Spec.TaskTemplate.ContainerSpec.Image}}")" sleep 600',
      ),
    },
    prepare: async place => () => place.removeHolders('zoo-holds-left-'),
    expected: {
      exit: 7,
      rungs: { install: 'pass', functional: 'pass' },
      cause: 'leftovers',
      says: /_held/,
      leaves: true,
    },
  },
  {
    name: 'odd-wired',
    about: 'its own hook wires it to what its settings have a stand-in for, and it ends without',
    releases: both('site', [
      inCompose('      - SITE_VERSION', '      - GREETING\n      - SITE_VERSION'),
      runs(`[ "$GREETING" = wired ] || exit 3; exec nginx -g 'daemon off;'`),
    ]),
    custom: {
      ...meta('EXTRA_ENV: { GREETING: stand-in }'),
      'ops/extra_env': SAY('echo GREETING=wired'),
    },
    expected: green({ install: 'pass', upgrade: 'pass', backup_restore: 'skip' }),
  },
]
