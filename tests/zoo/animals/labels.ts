import { both, green, inCompose, meta, red, then, type Animal } from '../animal.js'
import { dump, starting } from './data.js'

const HEALTHZ = meta('HEALTH_PATH: /healthz')
const RESTORE_HOOK = '        backupbot.restore.post-hook: "/pg_backup.sh restore"\n'
/** Backups are turned on by `app` alone, as documented; `db` has only its hooks and the path of its dump. */
const onAppAlone = inCompose('        backupbot.backup: "${ENABLE_BACKUPS:-true}"\n', '')

const DUMP = 'dump=/var/lib/postgresql/data/backup.sql'
const DUMP_PATH = 'backupbot.backup.volumes.db-data.path: "backup.sql"'
const SEED = starting('echo seed >/srv/uploads/seed')

/** What labels of one service mean for the others, and for where its dump goes. */
export const LABELS: readonly Animal[] = [
  {
    name: 'one-label-lost',
    about: 'only app is labelled for backup, and nobody loads the dump of db after a restore',
    releases: then('notes', [onAppAlone, inCompose(RESTORE_HOOK, '')]),
    custom: HEALTHZ,
    expected: {
      ...red('backup_restore', 'restore_lost', /postgres|db/),
      check: { name: /^restored: rows/, status: 'fail' },
    },
  },
  {
    name: 'dump-unkept',
    about: 'the hook dumps to a folder of the container, and the volume of db is left out',
    releases: then('notes', [
      inCompose(DUMP_PATH, 'backupbot.backup.volumes.db-data: "false"'),
      ...dump(2, [DUMP, 'dump=/tmp/backup.sql']),
      SEED,
    ]),
    custom: HEALTHZ,
    expected: red('backup_restore', 'backup_empty', /pre-hook of "db"/),
  },
  {
    name: 'dump-folder-empty',
    about: 'the labels name a folder, and the dump that the hook leaves in it has no byte',
    releases: then('notes', [
      inCompose(DUMP_PATH, 'backupbot.backup.volumes.db-data.path: "dumps"'),
      ...dump(
        2,
        [
          DUMP,
          'mkdir -p /var/lib/postgresql/data/dumps\ndump=/var/lib/postgresql/data/dumps/notes.sql',
        ],
        ['pg_dump -U notes -d notes --clean --if-exists', ':'],
      ),
      SEED,
    ]),
    custom: HEALTHZ,
    expected: red('backup_restore', 'backup_empty', /dumps/),
  },
  {
    name: 'odd-one-label',
    about: 'only app is labelled for backup; the dump of db is in the backup and comes back',
    releases: both('notes', [onAppAlone]),
    custom: HEALTHZ,
    expected: {
      ...green({ install: 'pass', upgrade: 'pass', backup_restore: 'pass' }),
      check: { name: /^restored: rows/, status: 'pass' },
    },
  },
]
