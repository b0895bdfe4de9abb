import {
  doomed,
  fromLab,
  inCompose,
  meta,
  red,
  then,
  both,
  unverified,
  withService,
  type Animal,
} from '../animal.js'

const POSTGRES = 'image: __IMAGE_POSTGRES__'
const ENTRY = '/usr/local/bin/entrypoint.sh'
const DB_MOUNT = '      - db-data:/var/lib/postgresql/data'
const RESTORE_HOOK = '        backupbot.restore.post-hook: "/pg_backup.sh restore"\n'
/** Another script for dump and load, by the texts that differ. */
export const dump = (version: number, ...edits: readonly (readonly [string, string])[]) => [
  { file: 'abra.sh', from: 'PG_BACKUP_VERSION=v1', to: `PG_BACKUP_VERSION=v${version}` },
  ...edits.map(([from, to]) => ({ file: 'pg_backup.sh', from, to })),
]
const LOAD =
  'psql -U notes -d notes -q -v ON_ERROR_STOP=1 --single-transaction -f "$dump" >/dev/null'
const HEALTHZ = meta('HEALTH_PATH: /healthz')
const lost = (says: RegExp) => red('upgrade', 'data_lost', says)
/** What the app does before it starts. */
export const starting = (command: string) =>
  inCompose(
    'image: __IMAGE_NOTES__',
    `image: __IMAGE_NOTES__\n    command: ["bash", "-c", "${command}; exec python3 -u /usr/local/bin/notes.py"]`,
  )
const stopFirst = inCompose('order: start-first', 'order: stop-first')

/** Clears the uploads at every start and fills them from the image. */
export const clearing = [
  stopFirst,
  starting('find /srv/uploads -mindepth 1 -delete; cp /etc/passwd /srv/uploads/seed'),
]

/** Labelled for backup, with data that no canary can watch. */
export const UNWATCHED = both('site', [
  inCompose(
    '        - "coop-cloud.${STACK_NAME}.version',
    '        - "backupbot.backup=true"\n        - "coop-cloud.${STACK_NAME}.version',
  ),
  inCompose('    healthcheck:', '    volumes:\n      - extra:/srv/conf.d\n    healthcheck:'),
  inCompose('\nconfigs:\n  nginx', '\nvolumes:\n  extra:\n\nconfigs:\n  nginx'),
  inCompose(
    'image: __IMAGE_WEB__',
    `image: __IMAGE_WEB__\n    command: ["sh", "-c", "echo 1 >/srv/conf.d/one; exec nginx -g 'daemon off;'"]`,
  ),
])

/** Upgrades that lose data, backups that hold none, restores that bring none back. */
export const DATA: readonly Animal[] = [
  { ...fromLab('bad-data'), spread: true, expected: lost(/db-data/) },
  {
    name: 'volume-rebuilt',
    about: 'the new version clears its volume at every start and fills it from the image',
    releases: then('notes', clearing),
    custom: HEALTHZ,
    expected: lost(/uploads/),
  },
  {
    name: 'volume-anonymous',
    about: 'the new version forgets to name its database volume: the image makes an anonymous one',
    releases: then('notes', [
      inCompose(`    volumes:\n${DB_MOUNT}\n`, ''),
      inCompose('\n  db-data:', ''),
      inCompose('        backupbot.backup.volumes.db-data.path: "backup.sql"\n', ''),
    ]),
    custom: HEALTHZ,
    expected: lost(/db-data/),
  },
  {
    name: 'database-renamed',
    about:
      'the new version has its database in another service and another volume, and the old one still runs beside it',
    releases: then('notes', [
      inCompose('\n  db:\n', '\n  postgres:\n'),
      inCompose('DATABASE_HOST=${STACK_NAME}_db', 'DATABASE_HOST=${STACK_NAME}_postgres'),
      inCompose('db-data', 'pgdata'),
    ]),
    custom: HEALTHZ,
    expected: lost(/db-data/),
  },
  {
    name: 'volume-moved',
    about: 'the database volume is mounted where the new version no longer looks',
    releases: then('notes', [inCompose(DB_MOUNT, '      - db-data:/var/lib/postgresql/15/data')]),
    custom: HEALTHZ,
    expected: lost(/rows/),
  },
  {
    name: 'database-dropped',
    about: 'the new version drops its database at the start and makes an empty one',
    releases: then('notes', [
      stopFirst,
      inCompose(
        POSTGRES,
        `${POSTGRES}\n    entrypoint: ["sh", "-c", "pg_ctl -w start && dropdb -U notes notes && createdb -U notes notes && pg_ctl -w stop; exec sh ${ENTRY}"]`,
      ),
    ]),
    custom: HEALTHZ,
    expected: lost(/rows/),
  },
  {
    ...fromLab('bad-backup'),
    spread: true,
    expected: red('backup_restore', 'backup_empty', /not one byte/),
  },
  {
    name: 'dump-empty',
    about: 'uploads are backed up, and the dump of the database has no byte',
    releases: then('notes', [
      ...dump(2, ['pg_dump -U notes -d notes --clean --if-exists', ':']),
      starting('echo seed >/srv/uploads/seed'),
    ]),
    custom: HEALTHZ,
    expected: red('backup_restore', 'backup_empty', /backup\.sql/),
  },
  {
    name: 'dump-elsewhere',
    about: 'the labels name another file than the one that the hook dumps to',
    releases: then('notes', [
      inCompose('db-data.path: "backup.sql"', 'db-data.path: "dump.sql"'),
      starting('echo seed >/srv/uploads/seed'),
    ]),
    custom: HEALTHZ,
    expected: red('backup_restore', 'backup_empty', /dump\.sql/),
  },
  {
    ...fromLab('bad-backup-none'),
    expected: red('backup_restore', 'backup_failed', /nothing to back up/),
  },
  {
    name: 'dump-fails',
    about: 'the hook that dumps the database fails',
    releases: then('notes', dump(2, ['pg_dump -U notes -d notes', 'pg_dump -U nobody -d notes'])),
    custom: HEALTHZ,
    expected: red('backup_restore', 'backup_failed', /nobody|exit code/),
  },
  {
    name: 'hook-absent',
    about: 'the hook names a script that is not in the image',
    releases: then('notes', [
      inCompose('pre-hook: "/pg_backup.sh backup"', 'pre-hook: "/dump.sh"'),
    ]),
    custom: HEALTHZ,
    expected: red('backup_restore', 'backup_failed', /dump\.sh|exit code/),
  },
  {
    ...fromLab('bad-restore'),
    spread: true,
    expected: {
      ...red('backup_restore', 'restore_lost', /postgres|db/),
      check: { name: /^restored: rows/, status: 'fail' },
    },
  },
  {
    name: 'restore-appends',
    about: 'the dump is loaded on top of what is there: old and new data stand side by side',
    releases: then(
      'notes',
      dump(2, [' --clean --if-exists', ''], [' -v ON_ERROR_STOP=1 --single-transaction', '']),
    ),
    custom: HEALTHZ,
    expected: red('backup_restore', 'restore_not_in_place', /instead of replacing/),
  },
  {
    name: 'restore-refuses',
    about: 'the dump can only be loaded into an empty database: the restore fails',
    releases: then('notes', dump(2, [' --clean --if-exists', ''])),
    custom: HEALTHZ,
    expected: red('backup_restore', 'restore_not_in_place', /already exists|exit code/),
  },
  {
    name: 'bad-restore-clean',
    about:
      'the load leaves a database that was in use alone, and ends well: only an empty one is restored',
    releases: then(
      'notes',
      dump(
        2,
        ['mv "$dump.new" "$dump"', 'mv "$dump.new" "$dump"\n  touch "$used"'],
        ['set -eu', 'set -eu\nused=/var/lib/postgresql/data/in-use'],
        [LOAD, `test ! -e "$used" || exit 0\n  ${LOAD}`],
      ),
    ),
    custom: HEALTHZ,
    expected: {
      ...red('backup_restore', 'restore_not_in_place', /only where nothing is/),
      check: { name: /^fresh: restored: rows/, status: 'pass' },
    },
  },
  {
    name: 'bad-restore-empty',
    about:
      'the load takes a copy that is not in the backup: in place all is well, after a disaster nothing comes',
    releases: then(
      'notes',
      dump(
        2,
        ['mv "$dump.new" "$dump"', 'mv "$dump.new" "$dump"\n  cp "$dump" "$copy"'],
        ['set -eu', 'set -eu\ncopy=/var/lib/postgresql/data/copy.sql'],
        [LOAD, `test -e "$copy" || exit 0\n  ${LOAD.replace('$dump', '$copy')}`],
      ),
    ),
    custom: HEALTHZ,
    expected: {
      ...red('backup_restore', 'restore_lost', /rows/),
      check: { name: /^fresh: restored: rows/, status: 'fail' },
    },
  },
  {
    name: 'restore-needs-tables',
    about: 'restores into its own database, and not into an empty one after a disaster',
    releases: then(
      'notes',
      dump(
        2,
        ['pg_dump -U notes -d notes --clean --if-exists', 'pg_dump -U notes -d notes --data-only'],
        [
          'psql -U notes -d notes -q',
          `psql -U notes -d notes -Atc "select 'truncate ' || string_agg(quote_ident(tablename), ',') from pg_tables where schemaname='public'" | psql -U notes -d notes -q\n  psql -U notes -d notes -q`,
        ],
      ),
    ),
    custom: HEALTHZ,
    expected: {
      ...red('backup_restore', 'restore_lost'),
      check: { name: /^fresh: /, status: 'fail' },
    },
  },
  {
    name: 'restore-hook-kills',
    about: 'the restore hook breaks the app, which never comes back',
    releases: then('notes', [
      inCompose(
        RESTORE_HOOK,
        '        backupbot.restore.post-hook: "/pg_backup.sh restore && rm -f /var/lib/postgresql/data/PG_VERSION && kill -INT 1"\n',
      ),
    ]),
    custom: meta('HEALTH_PATH: /healthz\nDEPLOY_TIMEOUT: 60'),
    expected: {
      ...doomed('backup_restore', 'crash_loop', /"db"/),
      // Whether the stack is still whole when it is looked at first, and only then ceases to serve, is a matter of a moment.
      check: { name: /^(converged|HTTPS answer at .*)$/, status: 'fail' },
    },
  },
  {
    name: 'restore-breaks-worker',
    about: 'what the restore hook leaves behind makes a worker unhealthy, while the page answers',
    releases: then('notes', [
      inCompose(
        RESTORE_HOOK,
        '        backupbot.restore.post-hook: "/pg_backup.sh restore && touch /var/lib/postgresql/data/stale && sleep 8"\n',
      ),
      withService(
        '  worker:\n    image: __IMAGE_WEB__\n    command: ["sleep", "86400"]\n    stop_grace_period: 1s\n    volumes:\n      - db-data:/data:ro\n    healthcheck:\n      test: ["CMD", "test", "!", "-e", "/data/stale"]\n      interval: 1s\n      retries: 2\n',
      ),
    ]),
    custom: HEALTHZ,
    expected: {
      ...red('backup_restore', 'killed_unhealthy', /"worker"/),
      rungs: { upgrade: 'pass', backup_restore: 'fail' },
      check: { name: /^converged$/, status: 'fail' },
    },
  },
  {
    name: 'restore-breaks-page',
    about:
      'the restore hook leaves a database that the app cannot show: healthy, and its page a 503',
    releases: then('notes', [
      inCompose(
        RESTORE_HOOK,
        `        backupbot.restore.post-hook: "/pg_backup.sh restore && psql -U notes -d notes -qc 'alter table notes rename text to words'"\n`,
      ),
    ]),
    custom: meta('HEALTH_PATH: /notes\nHTTP_TIMEOUT: 15'),
    expected: {
      ...red('backup_restore', 'not_serving', /the app answers 503[^]*does not exist/),
      rungs: { upgrade: 'pass', backup_restore: 'fail' },
      check: { name: /^HTTPS answer/, status: 'fail' },
    },
  },
  {
    name: 'unwatched',
    about: 'labelled for backup, and nothing of its data can be watched',
    releases: UNWATCHED,
    expected: unverified(
      'backup_restore',
      'not_verified',
      /labelled for backup[^]*ops\/backup_verify/,
    ),
  },
  {
    name: 'verify-fails',
    about: "the recipe's own look into the snapshot finds it wanting",
    releases: then('notes', []),
    custom: {
      ...HEALTHZ,
      'ops/backup_verify': '#!/bin/sh\necho "the dump lacks the table of users" >&2\nexit 1\n',
    },
    expected: red('backup_restore', 'test_failed', /table of users/),
  },
]
