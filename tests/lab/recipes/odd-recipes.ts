import type { Edit, RecipeSpec } from './recipe-spec.js'

const COMPOSE = 'compose.yml'
const inCompose = (from: string, to: string): Edit => ({ file: COMPOSE, from, to })

const WEB_IMAGE = 'image: __IMAGE_WEB__'
const NETWORKS = '\nnetworks:\n  proxy:'
const WEB_CHECK = 'test: ["CMD", "curl", "-sf", "-o", "/dev/null", "http://127.0.0.1:80/"]'

const helpers = `
  nightly:
    image: __IMAGE_WEB__
    command: ["sleep", "86400"]
    stop_grace_period: 1s
    deploy:
      replicas: 0

  agent:
    image: __IMAGE_WEB__
    command: ["sleep", "86400"]
    stop_grace_period: 1s
    deploy:
      mode: global
`

/** Listens after six seconds; abra's own wait would give up after interval x retries + 2 s. */
const slowStart: readonly Edit[] = [
  inCompose(
    WEB_IMAGE,
    `${WEB_IMAGE}\n    command: ["sh", "-c", "sleep 6; exec nginx -g 'daemon off;'"]`,
  ),
  inCompose('retries: 10', 'retries: 2\n      start_period: 60s'),
]

/** Ends until its database is up, as many applications do. */
const eager: readonly Edit[] = [
  inCompose(
    'image: __IMAGE_NOTES__',
    `image: __IMAGE_NOTES__
    command: ["bash", "-c", "exec 3<>/dev/tcp/$\${DATABASE_HOST}/5432 || exit 1; exec python3 -u /usr/local/bin/notes.py"]`,
  ),
  inCompose(
    '    deploy:\n      update_config:',
    '    deploy:\n      restart_policy:\n        delay: 1s\n      update_config:',
  ),
]

/** A volume that two services mount at different places, and one that is mounted read-only everywhere. */
const shared: readonly Edit[] = [
  inCompose(
    '\nnetworks:\n  proxy:',
    `
  indexer:
    image: __IMAGE_WEB__
    command: ["sleep", "86400"]
    stop_grace_period: 1s
    networks:
      - internal
    volumes:
      - uploads:/index/uploads:ro
      - assets:/srv/assets:ro

networks:
  proxy:`,
  ),
  inCompose('\nvolumes:\n  uploads:', '\nvolumes:\n  assets:\n  uploads:'),
]

const renamed = inCompose('services:\n  app:', 'services:\n  front:')

const withoutBackup: readonly Edit[] = [
  inCompose('        - "backupbot.backup=${ENABLE_BACKUPS:-true}"\n', ''),
  inCompose('        backupbot.backup: "${ENABLE_BACKUPS:-true}"\n', ''),
  inCompose('        backupbot.backup.pre-hook: "/pg_backup.sh backup"\n', ''),
  inCompose('        backupbot.backup.post-hook: "/pg_backup.sh clean"\n', ''),
  inCompose('        backupbot.backup.volumes.db-data.path: "backup.sql"\n', ''),
  inCompose('        backupbot.restore.post-hook: "/pg_backup.sh restore"\n', ''),
  inCompose('      endpoint_mode: dnsrr\n      labels:\n', '      endpoint_mode: dnsrr\n'),
]

const listLabels: readonly Edit[] = [
  inCompose('- "backupbot.backup=${ENABLE_BACKUPS:-true}"', '- "backupbot.backup=true"'),
  inCompose(
    `        backupbot.backup: "\${ENABLE_BACKUPS:-true}"
        backupbot.backup.pre-hook: "/pg_backup.sh backup"
        backupbot.backup.post-hook: "/pg_backup.sh clean"
        backupbot.backup.volumes.db-data.path: "backup.sql"
        backupbot.restore.post-hook: "/pg_backup.sh restore"
`,
    `        - "backupbot.backup=\${ENABLE_BACKUPS:-true}"
        - "backupbot.backup.pre-hook=/pg_backup.sh backup"
        - "backupbot.backup.post-hook=/pg_backup.sh clean"
        - "backupbot.backup.volumes.db-data.path=backup.sql"
        - "backupbot.restore.post-hook=/pg_backup.sh restore"
`,
  ),
]

/** Good recipes that look suspicious: each must come out green, or with the one remark named in `about`. */
export const ODD_RECIPES: readonly RecipeSpec[] = [
  {
    name: 'odd-replicas',
    about: 'a service at 0 replicas and one in global mode',
    releases: [
      { version: '1.0.0+1.0', layers: ['site'], edits: [inCompose(NETWORKS, helpers + NETWORKS)] },
      { version: '1.1.0+1.1', layers: ['site'], edits: [inCompose(NETWORKS, helpers + NETWORKS)] },
    ],
  },
  {
    name: 'odd-slow',
    about: 'takes its time to start, within its start_period',
    releases: [
      { version: '1.0.0+1.0', layers: ['site'], edits: slowStart },
      { version: '1.1.0+1.1', layers: ['site'], edits: slowStart },
    ],
  },
  {
    name: 'odd-unchecked',
    about: 'no service has a health check',
    releases: [
      { version: '1.0.0+1.0', layers: ['site'], edits: [inCompose(WEB_CHECK, 'disable: true')] },
      { version: '1.1.0+1.1', layers: ['site'], edits: [inCompose(WEB_CHECK, 'disable: true')] },
    ],
  },
  {
    name: 'odd-tags',
    about: 'a lightweight tag beside annotated ones: lint fails, everything else works',
    releases: [
      { version: '1.0.0+1.0', layers: ['site'], tag: 'lightweight' },
      { version: '1.0.1+1.0.1-alpine', layers: ['site'] },
      { version: '1.1.0+1.1', layers: ['site'] },
    ],
  },
  {
    name: 'odd-ahead',
    about: 'the newest commit is not published yet',
    releases: [
      { version: '1.0.0+1.0', layers: ['site'] },
      { version: '1.1.0+1.1', layers: ['site'], tag: 'none' },
    ],
  },
  {
    name: 'odd-untagged',
    about: 'no version was ever published',
    releases: [
      { version: '0.1.0+0.1', layers: ['site'], tag: 'none' },
      { version: '0.2.0+0.2', layers: ['site'], tag: 'none' },
    ],
  },
  {
    name: 'odd-label',
    about: 'the version label is not the tag',
    releases: [
      { version: '1.0.0+1.0', layers: ['site'] },
      {
        version: '1.1.0+1.1',
        layers: ['site'],
        edits: [inCompose('.version=__VERSION__', '.version=1.0.9+1.0')],
      },
    ],
  },
  {
    name: 'odd-front',
    about: 'no service is called app: lint fails, everything else works',
    releases: [
      { version: '1.0.0+1.0', layers: ['site'], edits: [renamed] },
      { version: '1.1.0+1.1', layers: ['site'], edits: [renamed] },
    ],
  },
  {
    name: 'odd-backup',
    about: 'only the newer version has backup labels',
    releases: [
      { version: '1.0.0+1.0', layers: ['notes'], edits: withoutBackup },
      { version: '1.1.0+1.1', layers: ['notes'] },
    ],
  },
  {
    name: 'odd-eager',
    about: 'ends with an error until its database is up',
    releases: [
      { version: '1.0.0+1.0', layers: ['notes'], edits: eager },
      { version: '1.1.0+1.1', layers: ['notes'], edits: eager },
    ],
  },
  {
    name: 'odd-mounts',
    about: 'a volume mounted twice, and one mounted read-only',
    releases: [
      { version: '1.0.0+1.0', layers: ['notes'], edits: shared },
      { version: '1.1.0+1.1', layers: ['notes'], edits: shared },
    ],
  },
  {
    name: 'odd-labels',
    about: 'all labels are lists',
    releases: [
      { version: '1.0.0+1.0', layers: ['notes'], edits: listLabels },
      { version: '1.1.0+1.1', layers: ['notes'], edits: listLabels },
    ],
  },
]
