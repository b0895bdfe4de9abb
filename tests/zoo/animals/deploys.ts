import {
  both,
  doomed,
  fault,
  fromLab,
  GENTLE,
  HARSH,
  HEALTH_PORT,
  inCompose,
  meta,
  only,
  red,
  runs,
  shell,
  then,
  underDeploy,
  withService,
  type Animal,
} from '../animal.js'

const STAY = "trap 'exit 0' TERM; sleep 3600 & wait"
const CRASH = 'echo "site: cannot read /etc/site.conf: no such file" >&2; exit 3'
const helper = (name: string, command: string) =>
  `  ${name}:\n    image: __IMAGE_WEB__\n    command: ${shell(command)}\n    stop_grace_period: 1s\n`

const eats = [
  runs('x=a; while true; do x=$x$x; done'),
  underDeploy('      resources:\n        limits:\n          memory: 24M'),
]
const neverWell = [
  inCompose(HEALTH_PORT, '"http://127.0.0.1:81/"]'),
  inCompose('retries: 10', 'retries: 3'),
]

/** Deploys that Swarm will never bring up, or that the bench cannot try. */
export const DEPLOYS: readonly Animal[] = [
  {
    ...fromLab('bad-install'),
    spread: true,
    expected: doomed('install', 'killed_unhealthy', /"app"/),
  },
  {
    name: 'crash-at-once',
    about: 'ends at every start',
    releases: only('site', [runs(CRASH)]),
    expected: {
      ...doomed('install', 'crash_loop', /"app".*exit code 3[^]*cannot read/),
      check: { name: /^converged$/, status: 'fail' },
    },
  },
  {
    name: 'crash-every-six',
    about: 'a helper ends every six seconds while the page answers',
    releases: only('site', [withService(helper('worker', 'sleep 6; exit 4'))]),
    expected: doomed('install', 'crash_loop', /"worker".*exit code 4/),
  },
  {
    name: 'crash-of-two',
    about: 'the app and its worker lack the same file: each ends at every start',
    releases: only('site', [runs(CRASH), withService(helper('worker', CRASH))]),
    expected: doomed('install', 'crash_loop', /exit code 3[^]*cannot read/),
  },
  {
    name: 'crash-of-database',
    about: 'the database ends at every start, and the app waits for it',
    releases: only('notes', [
      inCompose(
        'image: __IMAGE_POSTGRES__',
        `image: __IMAGE_POSTGRES__\n    entrypoint: ${shell('echo "initdb: wrong owner" >&2; exit 2')}`,
      ),
    ]),
    expected: doomed('install', 'crash_loop', /"db".*exit code 2[^]*wrong owner/),
  },
  {
    name: 'crash-no-restart',
    about: 'ends once, and Swarm is told not to start it again',
    releases: only('site', [
      runs('exit 5'),
      underDeploy('      restart_policy:\n        condition: none'),
    ]),
    expected: doomed('install', 'crash_loop', /exit code 5, and Swarm does not start it again/),
  },
  {
    name: 'global-crash',
    about: 'a helper in global mode ends once, and Swarm is told not to start it again',
    releases: only('site', [
      withService(
        `${helper('agent', 'exit 5')}    deploy:\n      mode: global\n      restart_policy:\n        condition: none\n`,
      ),
    ]),
    expected: doomed('install', 'crash_loop', /"agent".*exit code 5, and Swarm does not start it/),
  },
  {
    name: 'unhealthy-completes',
    about: 'never healthy, ends with 0 when it is stopped for that, and is not started again',
    releases: only('site', [
      ...neverWell,
      runs("trap 'exit 0' TERM; nginx -g 'daemon off;' & wait"),
      underDeploy('      restart_policy:\n        condition: on-failure'),
    ]),
    expected: doomed('install', 'killed_unhealthy', /"app"/),
  },
  {
    name: 'oom-at-start',
    about: 'needs more memory than its limit',
    releases: only('site', eats),
    spread: true,
    expected: doomed('install', 'oom', /want of memory/),
  },
  {
    name: 'migration-killed',
    about: 'a first start longer than its start_period: killed in the middle, again and again',
    releases: only('site', [
      runs("sleep 25; exec nginx -g 'daemon off;'"),
      inCompose('retries: 10', 'retries: 3\n      start_period: 3s'),
    ]),
    expected: doomed('install', 'killed_unhealthy', /start_period/),
  },
  {
    name: 'gpu-wanted',
    about: 'a placement constraint that no node meets',
    releases: only('site', [
      underDeploy('      placement:\n        constraints: ["node.labels.gpu == yes"]'),
    ]),
    spread: true,
    expected: doomed('install', 'no_node', /"app"/),
  },
  {
    name: 'memory-wanted',
    about: 'reserves more memory than any node has: told at the time-out, as it may come back',
    releases: only('site', [
      underDeploy('      resources:\n        reservations:\n          memory: 900G'),
    ]),
    custom: meta('DEPLOY_TIMEOUT: 12'),
    expected: fault('no_node', /reserves/),
  },
  {
    name: 'secret-by-hand',
    about: 'a secret that only a person can insert',
    releases: only('site', [
      inCompose(
        '    configs:\n      - source: nginx_conf',
        '    secrets:\n      - licence\n    configs:\n      - source: nginx_conf',
      ),
      inCompose(
        '\nconfigs:\n  nginx_conf:',
        '\nsecrets:\n  licence:\n    external: true\n    name: ${STACK_NAME}_licence_${SECRET_LICENCE_VERSION}\n\nconfigs:\n  nginx_conf:',
      ),
      {
        file: '.env.sample',
        from: 'TIMEOUT=120',
        to: 'TIMEOUT=120\nSECRET_LICENCE_VERSION=v1 # generate=false',
      },
    ]),
    expected: red('install', 'secret_missing', /licence/),
  },
  {
    name: 'never-ready',
    about: 'never healthy within a start_period of minutes: only the time-out can tell',
    releases: only('site', [
      ...neverWell,
      inCompose('retries: 3', 'retries: 3\n      start_period: 600s'),
    ]),
    custom: meta('DEPLOY_TIMEOUT: 12'),
    expected: red('install', 'not_converged', /within 12 s/),
  },
  {
    name: 'image-gone',
    about: 'the registry does not have the image of the only version',
    releases: only('site', [inCompose('__IMAGE_WEB__', '__IMAGE_GONE__')]),
    expected: {
      ...red('install', 'image_missing', /zoo\/gone/),
      check: { name: /^images$/, status: 'fail' },
    },
  },
  {
    name: 'image-gone-base',
    about: 'the image of the base has vanished from its registry',
    releases: [
      {
        version: '1.0.0+1.0',
        layers: ['site'],
        edits: [inCompose('__IMAGE_WEB__', '__IMAGE_GONE__')],
      },
      { version: '1.1.0+1.1', layers: ['site'] },
    ],
    expected: red('install', 'image_missing', /zoo\/gone/),
  },
  {
    name: 'image-gone-head',
    about: 'only the new version names an image that does not exist',
    releases: then('site', [inCompose('__IMAGE_WEB__', '__IMAGE_GONE__')]),
    expected: {
      ...red('upgrade', 'image_missing', /zoo\/gone/),
      rungs: { install: 'pass', upgrade: 'fail' },
    },
  },
  {
    name: 'pull-limited',
    about: 'the registry answers 429: no word on the recipe',
    releases: only('site', [inCompose('__IMAGE_WEB__', '__IMAGE_LIMITED__')]),
    expected: fault('pull_limited', /toomanyrequests|429/i),
  },
  {
    name: 'registry-down',
    about: 'the registry does not answer: no word on the recipe',
    releases: only('site', [inCompose('__IMAGE_WEB__', '__IMAGE_UNREACHABLE__')]),
    expected: fault('registry_down', /refused/),
  },
  {
    name: 'name-too-long',
    about: 'the name of a secret passes the 64 characters that Swarm allows by one',
    releases: only('site', [longSecret(34), ...declaring(34)]),
    expected: fault('fault', /64/),
  },
  {
    ...fromLab('bad-upgrade'),
    spread: true,
    expected: doomed('upgrade', 'crash_loop', /"app"/),
  },
  {
    ...fromLab('bad-rollback'),
    spread: true,
    expected: doomed('upgrade', 'rolled_back', /"app"/),
  },
  {
    name: 'rolled-back-unseen',
    about:
      'the new version never gets healthy; Swarm rolls back while the old one goes on answering',
    releases: then('site', neverWell),
    expected: doomed('upgrade', 'rolled_back', /"app"/),
  },
  {
    name: 'oom-after-upgrade',
    about: 'the new version does not fit into its memory any more, and the update is left paused',
    releases: then('site', [...eats, inCompose(GENTLE, HARSH)]),
    expected: doomed('upgrade', 'oom', /want of memory/),
  },
  {
    ...fromLab('bad-config'),
    expected: red('upgrade', 'not_converged', /config/),
  },
  {
    name: 'own-port-start-first',
    about: 'start-first with a host port: the new task can never have the port of the old one',
    releases: both('site', [
      inCompose(
        '    configs:\n      - source: nginx_conf',
        '    ports:\n      - target: 80\n        published: ${OWN_PORT}\n        mode: host\n    configs:\n      - source: nginx_conf',
      ),
      { file: '.env.sample', from: 'TIMEOUT=120', to: 'TIMEOUT=120\nOWN_PORT=8999' },
    ]),
    custom: {
      'ops/extra_env':
        '#!/bin/sh\n# A port of this lab alone.\necho "OWN_PORT=$((20000 + ${RECIPE_CI_GATEWAY##*:} % 10000))"\n',
    },
    expected: doomed('upgrade', 'no_node', /stop-first|host/),
  },
  {
    name: 'helper-crash',
    about: 'a helper of the new version crashes while the app itself stays whole',
    releases: then('site', [withService(helper('worker', `echo no queue; exit 9; ${STAY}`))]),
    expected: doomed('upgrade', 'crash_loop', /"worker".*exit code 9/),
  },
]

/** A secret whose Swarm name has this many characters after `<stack>_` and before `_v1`. */
export function longSecret(length: number) {
  const name = 'a'.repeat(length)
  return inCompose(
    '\nconfigs:\n  nginx_conf:',
    `\nsecrets:\n  ${name}:\n    external: true\n    name: \${STACK_NAME}_${name}_\${SECRET_${name.toUpperCase()}_VERSION}\n\nconfigs:\n  nginx_conf:`,
  )
}

export function declaring(length: number) {
  const name = 'a'.repeat(length)
  return [
    inCompose(
      '    configs:\n      - source: nginx_conf',
      `    secrets:\n      - ${name}\n    configs:\n      - source: nginx_conf`,
    ),
    {
      file: '.env.sample',
      from: 'TIMEOUT=120',
      to: `TIMEOUT=120\nSECRET_${name.toUpperCase()}_VERSION=v1`,
    },
  ]
}
