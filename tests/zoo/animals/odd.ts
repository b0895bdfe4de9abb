import {
  both,
  fromLab,
  green,
  HEALTH_PORT,
  inCompose,
  meta,
  only,
  runs,
  shell,
  then,
  withService,
  type Animal,
  type Expected,
} from '../animal.js'
import { clearing, dump, UNWATCHED } from './data.js'
import { declaring, longSecret } from './deploys.js'

const HEALTHZ = meta('HEALTH_PATH: /healthz')
const ALL = green({ install: 'pass', upgrade: 'pass', backup_restore: 'pass' })
const UPGRADED = green({ install: 'pass', upgrade: 'pass', backup_restore: 'skip' })
/** Green all the same: lint never changes the exit code. */
const unlinted = (expected: Expected): Expected => ({
  ...expected,
  rungs: { ...expected.rungs, lint: 'fail' },
})
const LOCATION = 'location / {\n        try_files $uri $uri/ =404;\n    }'

const withoutUploads = inCompose(
  'backupbot.backup=${ENABLE_BACKUPS:-true}"\n',
  'backupbot.backup=${ENABLE_BACKUPS:-true}"\n        - "backupbot.backup.volumes.uploads=false"\n',
)

const PG_CHECK =
  'test: ["CMD", "pg_isready", "-q", "-h", "127.0.0.1", "-U", "notes", "-d", "notes"]\n      interval: 1s\n      timeout: 3s\n      retries: 20'
/** The app ends until its database takes connections. */
const endsWithoutDatabase = [
  inCompose(
    'image: __IMAGE_NOTES__',
    'image: __IMAGE_NOTES__\n    command: ["bash", "-c", "exec 3<>/dev/tcp/$${DATABASE_HOST}/5432 || exit 1; exec python3 -u /usr/local/bin/notes.py"]',
  ),
  inCompose(
    '    deploy:\n      update_config:',
    '    deploy:\n      restart_policy:\n        delay: 2s\n      update_config:',
  ),
]
const startsLate = (seconds: number) =>
  inCompose(
    'image: __IMAGE_POSTGRES__',
    `image: __IMAGE_POSTGRES__\n    entrypoint: ["sh", "-c", "sleep ${seconds}; exec sh /usr/local/bin/entrypoint.sh"]`,
  )

/** Good recipes that look suspicious: each must come out green. */
export const ODD: readonly Animal[] = [
  {
    ...fromLab('notes'),
    custom: HEALTHZ,
    expected: { ...ALL, check: { name: /^fresh: restored: rows/, status: 'pass' } },
  },
  { ...fromLab('site'), expected: UPGRADED },
  { ...fromLab('kv'), expected: ALL },
  { ...fromLab('odd-replicas'), spread: true, expected: UPGRADED },
  { ...fromLab('odd-slow'), expected: UPGRADED },
  { ...fromLab('odd-unchecked'), expected: UPGRADED },
  { ...fromLab('odd-tags'), expected: unlinted(UPGRADED) },
  { ...fromLab('odd-ahead'), expected: UPGRADED },
  { ...fromLab('odd-untagged'), expected: green({ install: 'pass', backup_restore: 'skip' }) },
  { ...fromLab('odd-label'), expected: UPGRADED },
  { ...fromLab('odd-front'), expected: unlinted(UPGRADED) },
  { ...fromLab('odd-backup'), custom: HEALTHZ, expected: ALL },
  { ...fromLab('odd-eager'), custom: HEALTHZ, spread: true, expected: ALL },
  { ...fromLab('odd-mounts'), custom: HEALTHZ, expected: ALL },
  { ...fromLab('odd-labels'), custom: HEALTHZ, expected: ALL },
  {
    name: 'odd-late',
    about: 'healthy after 40 seconds of a start_period of ten minutes',
    releases: only('site', [
      runs("sleep 40; exec nginx -g 'daemon off;'"),
      inCompose('retries: 10', 'retries: 3\n      start_period: 600s'),
    ]),
    expected: green({ install: 'pass', upgrade: 'skip' }),
  },
  {
    name: 'odd-migration',
    about: 'the database migrates for 25 seconds while the app ends and starts again',
    releases: only('notes', [
      startsLate(25),
      inCompose(PG_CHECK, PG_CHECK.replace('20', '3\n      start_period: 300s')),
      ...endsWithoutDatabase,
    ]),
    custom: HEALTHZ,
    expected: green({ install: 'pass', backup_restore: 'pass' }),
  },
  {
    name: 'odd-silent',
    about:
      'a database without a health check starts for 45 seconds, and the app ends until it is up',
    releases: only('notes', [
      startsLate(45),
      inCompose(`    healthcheck:\n      ${PG_CHECK}\n`, ''),
      ...endsWithoutDatabase,
    ]),
    custom: HEALTHZ,
    expected: green({ install: 'pass', backup_restore: 'pass' }),
  },
  {
    name: 'odd-pull',
    about: 'the registry hands its image out slowly',
    releases: only('site', [
      withService(
        `  aide:\n    image: __IMAGE_SLOW__\n    command: ["sleep", "3600"]\n    stop_grace_period: 1s\n`,
      ),
    ]),
    prepare: place => place.forgetSlowImage(),
    expected: green({ install: 'pass' }),
  },
  {
    name: 'odd-redirect',
    about: 'answers with a redirect to a page of its own that is a 404 for strangers',
    releases: both('site', [
      {
        file: 'nginx.conf.tmpl',
        from: LOCATION,
        to: 'location = / { return 302 /login; }\n    location / { return 404; }',
      },
    ]),
    expected: UPGRADED,
  },
  {
    name: 'odd-own-404',
    about: 'serves below a path of its own; its front page is a 404',
    releases: both('site', [
      {
        file: 'nginx.conf.tmpl',
        from: LOCATION,
        to: 'location /app/ { return 200 "hello"; }\n    location / { return 404; }',
      },
      inCompose(HEALTH_PORT, '"http://127.0.0.1:80/app/"]'),
    ]),
    custom: meta('HEALTH_PATH: /app/'),
    expected: UPGRADED,
  },
  {
    name: 'odd-late-page',
    about: 'healthy at once, and its page is a 503 for twelve seconds',
    releases: only('site', [
      {
        file: 'nginx.conf.tmpl',
        from: LOCATION,
        to: 'location = /up { return 200 "up"; }\n    location / { if (!-f /tmp/warm) { return 503; } try_files $uri $uri/ =404; }',
      },
      inCompose(HEALTH_PORT, '"http://127.0.0.1:80/up"]'),
      runs("(sleep 12; touch /tmp/warm) & exec nginx -g 'daemon off;'"),
    ]),
    expected: green({ install: 'pass' }),
  },
  {
    name: 'odd-overlay',
    about: 'the overlay of the bench is a file that the recipe has as well, with other content',
    releases: both('site', [], {
      files: {
        'compose.ccci.yml': '---\nversion: "3.8"\n\nservices:\n  app:\n    image: nowhere:1\n',
      },
    }),
    custom: {
      'compose.ccci.yml':
        '---\nversion: "3.8"\n\nservices:\n  app:\n    environment:\n      - CI=1\n',
    },
    expected: UPGRADED,
  },
  {
    name: 'odd-long',
    about: 'the name of a secret has exactly the 64 characters that Swarm allows',
    releases: both('site', [longSecret(33), ...declaring(33)]),
    expected: UPGRADED,
  },
  {
    name: 'odd-paused',
    about: 'the new version fails once, the update is left paused, and the second try stays',
    releases: then('site', [
      inCompose(
        'failure_action: rollback\n        order: start-first',
        'failure_action: pause\n        order: stop-first',
      ),
      runs("test -e /state/tried || { touch /state/tried; exit 7; }; exec nginx -g 'daemon off;'"),
      inCompose('    healthcheck:', '    volumes:\n      - state:/state\n    healthcheck:'),
      inCompose('\nconfigs:\n  nginx', '\nvolumes:\n  state:\n\nconfigs:\n  nginx'),
    ]),
    spread: true,
    expected: UPGRADED,
  },
  {
    name: 'odd-cron',
    about: 'a service that does its work once and ends, and one that only a cron scales up',
    releases: both('site', [
      withService(
        `  once:\n    image: __IMAGE_WEB__\n    command: ${shell('sleep 1; exit 0')}\n    deploy:\n      restart_policy:\n        condition: on-failure\n\n  cron:\n    image: __IMAGE_WEB__\n    command: ["sleep", "1"]\n    deploy:\n      mode: replicated\n      replicas: 0\n      labels:\n        - "swarm.cronjob.enable=true"\n        - "swarm.cronjob.schedule=0 4 * * *"\n      restart_policy:\n        condition: none\n`,
      ),
    ]),
    expected: UPGRADED,
  },
  {
    name: 'odd-stop-first',
    about: 'stops its old container for eight seconds before the new one starts, then is backed up',
    releases: both('notes', [
      inCompose('order: start-first', 'order: stop-first'),
      inCompose(
        'image: __IMAGE_NOTES__',
        `image: __IMAGE_NOTES__\n    stop_grace_period: 12s\n    command: ["bash", "-c", "trap 'sleep 8; exit 0' TERM; python3 -u /usr/local/bin/notes.py & wait"]`,
      ),
    ]),
    custom: HEALTHZ,
    expected: ALL,
  },
  {
    name: 'odd-start-first',
    about: 'start-first with rollback, and a health check that takes six seconds to pass',
    releases: both('site', [
      runs("sleep 6; exec nginx -g 'daemon off;'"),
      inCompose('retries: 10', 'retries: 3\n      start_period: 60s'),
    ]),
    expected: UPGRADED,
  },
  {
    name: 'odd-crash-twice',
    about: 'ends twice with an error at its first start, then stays',
    releases: only('site', [
      runs(
        "n=$(cat /state/n 2>/dev/null || echo 0); echo $((n + 1)) >/state/n; test $n -ge 2 || exit 7; exec nginx -g 'daemon off;'",
      ),
      inCompose('    healthcheck:', '    volumes:\n      - state:/state\n    healthcheck:'),
      inCompose('\nconfigs:\n  nginx', '\nvolumes:\n  state:\n\nconfigs:\n  nginx'),
    ]),
    expected: green({ install: 'pass' }),
  },
  {
    name: 'odd-cache',
    about: 'a Redis that is only a cache: no volume, no backup',
    releases: both('kv', [
      inCompose('    volumes:\n      - data:/data\n', ''),
      inCompose('\nvolumes:\n  data:\n', ''),
      ...[
        'backup: "${ENABLE_BACKUPS:-true}"',
        'backup.pre-hook: "redis-cli save"',
        'backup.volumes.data.path: "dump.rdb"',
      ].map(line => inCompose(`        backupbot.${line}\n`, '')),
      inCompose(
        '      endpoint_mode: dnsrr\n      labels:\n        backupbot.restore.post-hook: "redis-cli debug reload nosave"\n',
        '      endpoint_mode: dnsrr\n',
      ),
    ]),
    expected: UPGRADED,
  },
  {
    name: 'odd-excluded',
    about: 'a volume that is left out of the backup, and that each version makes anew',
    releases: [
      { version: '1.0.0+1.0', layers: ['notes'], edits: [withoutUploads] },
      { version: '1.1.0+1.1', layers: ['notes'], edits: [withoutUploads, ...clearing] },
    ],
    custom: HEALTHZ,
    expected: {
      ...ALL,
      check: { name: /^survived the upgrade: file in .*uploads/, status: 'skip' },
    },
  },
  {
    name: 'odd-seeded',
    about: 'each version makes a volume anew, and the settings say so',
    releases: then('notes', clearing),
    custom: meta(
      'HEALTH_PATH: /healthz\nCANARY:\n  uploads:\n    skip: each version brings its own',
    ),
    expected: ALL,
  },
  {
    name: 'odd-declared',
    about: 'its dump fails, and the settings say why backup and restore do not apply',
    releases: then('notes', dump(2, ['pg_dump -U notes -d notes', 'pg_dump -U nobody -d notes'])),
    custom: meta(
      'HEALTH_PATH: /healthz\nEXPECTED_NA:\n  backup_restore: it has no data of its own',
    ),
    expected: UPGRADED,
  },
  {
    name: 'odd-verified',
    about:
      'nothing of its data can be watched, and its own look into the snapshot says that all is there',
    releases: UNWATCHED,
    custom: { 'ops/backup_verify': '#!/bin/sh\nexit 0\n' },
    expected: ALL,
  },
  {
    name: 'odd-tests',
    about: 'some of its tests are skipped for a reason, the others pass',
    releases: only('site', []),
    custom: {
      'custom/mail.sh': '#!/bin/sh\necho "no mail server here"; exit 77\n',
      'custom/points.sh':
        '#!/bin/sh\necho "TAP version 14"; echo "1..2"; echo "ok 1 - page"; echo "ok 2 - mail # SKIP no mail server"\n',
      'custom/_helper.sh': '#!/bin/sh\nexit 1\n',
    },
    expected: green({ install: 'pass', functional: 'pass' }),
  },
]
