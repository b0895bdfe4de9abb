import type { Edit, RecipeSpec, Release } from './recipe-spec.js'

const COMPOSE = 'compose.yml'
const WEB_CHECK = '"http://127.0.0.1:80/"]'
const GENTLE_UPDATE = 'failure_action: rollback\n        order: start-first'
const HARSH_UPDATE = 'failure_action: pause\n        order: stop-first'
const RESTORE_HOOK = '        backupbot.restore.post-hook: "/pg_backup.sh restore"\n'
const DB_PATH = 'backupbot.backup.volumes.db-data.path: "backup.sql"'
const APP_BACKUP = '        - "backupbot.backup=${ENABLE_BACKUPS:-true}"\n'
const CRASH =
  'command: ["sh", "-c", "echo \'site: cannot read /etc/site.conf: no such file\' >&2; exit 3"]'

const inCompose = (from: string, to: string): Edit => ({ file: COMPOSE, from, to })

const crashing = inCompose('image: __IMAGE_WEB__', `image: __IMAGE_WEB__\n    ${CRASH}`)

const withoutUploads = inCompose(
  APP_BACKUP,
  `${APP_BACKUP}        - "backupbot.backup.volumes.uploads=false"\n`,
)

const emptyDump: readonly Edit[] = [
  { file: 'abra.sh', from: 'PG_BACKUP_VERSION=v1', to: 'PG_BACKUP_VERSION=v2' },
  { file: 'pg_backup.sh', from: 'pg_dump -U notes -d notes --clean --if-exists', to: ':' },
]

/** A good release of these layers, and after it one with these edits. */
const spoiled = (layer: string, edits: readonly Edit[]): readonly [Release, Release] => [
  { version: '1.0.0+1.0', layers: [layer] },
  { version: '1.1.0+1.1', layers: [layer], edits },
]

/** Each breaks one promise, plainly; what it should be told for stands in `about`. */
export const BAD_RECIPES: readonly RecipeSpec[] = [
  {
    name: 'bad-install',
    about: 'never healthy: the health check asks a port where nobody listens',
    releases: [
      {
        version: '1.0.0+1.0',
        layers: ['site'],
        edits: [
          inCompose(WEB_CHECK, '"http://127.0.0.1:81/"]'),
          inCompose('retries: 10', 'retries: 3'),
        ],
      },
    ],
  },
  {
    name: 'bad-upgrade',
    about: 'the new version crashes at every start, and the update is left paused',
    releases: spoiled('site', [crashing, inCompose(GENTLE_UPDATE, HARSH_UPDATE)]),
  },
  {
    name: 'bad-rollback',
    about: 'the new version crashes at every start, and swarm rolls back to the one before',
    releases: spoiled('site', [crashing]),
  },
  {
    name: 'bad-config',
    about: 'a config changes and its version is not raised: the new version can not be deployed',
    releases: spoiled('notes', [
      { file: 'notes.conf.tmpl', from: 'title = Notes of', to: 'title = The notes of' },
    ]),
  },
  {
    name: 'bad-data',
    about: 'the new version keeps its database in another volume: the data is lost',
    releases: spoiled('notes', [inCompose('db-data', 'pgdata')]),
  },
  {
    name: 'bad-backup',
    about: 'the dump is empty and nothing else is backed up',
    releases: spoiled('notes', [withoutUploads, ...emptyDump]),
  },
  {
    name: 'bad-backup-none',
    about: 'every volume is left out of the backup',
    releases: spoiled('notes', [
      withoutUploads,
      inCompose(DB_PATH, 'backupbot.backup.volumes.db-data: "false"'),
      inCompose(RESTORE_HOOK, ''),
    ]),
  },
  {
    name: 'bad-restore',
    about: 'the dump is in the backup and nobody loads it after a restore',
    releases: spoiled('notes', [inCompose(RESTORE_HOOK, '')]),
  },
  {
    name: 'bad-custom',
    about: 'good in itself; its own test fails',
    releases: spoiled('site', []),
  },
]
