import { both, green, inCompose, meta, red, then, type Animal } from '../animal.js'

const HEALTHZ = meta('HEALTH_PATH: /healthz')
const RESTORE_HOOK = '        backupbot.restore.post-hook: "/pg_backup.sh restore"\n'
/** Backups are turned on by `app` alone, as documented; `db` has only its hooks and the path of its dump. */
const onAppAlone = inCompose('        backupbot.backup: "${ENABLE_BACKUPS:-true}"\n', '')

/** What the labels of one service mean for the others. */
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
