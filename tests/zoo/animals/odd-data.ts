import { both, green, inCompose, shell, withService, type Animal } from '../animal.js'

const STARTS =
  "sqlite3 /data/app.db 'CREATE TABLE IF NOT EXISTS notes (text)'; exec nginx -g 'daemon off;'"

/** An application that keeps its data in an SQLite file, and a worker that has the same file at another path. */
const sharingSqlite = [
  inCompose('image: __IMAGE_WEB__', `image: __IMAGE_SQLITE__\n    command: ${shell(STARTS)}`),
  inCompose('    healthcheck:', '    volumes:\n      - data:/data\n    healthcheck:'),
  inCompose(
    '        - "coop-cloud.${STACK_NAME}.version',
    '        - "backupbot.backup=true"\n        - "coop-cloud.${STACK_NAME}.version',
  ),
  withService(
    '  worker:\n    image: __IMAGE_SQLITE__\n    command: ["sleep", "86400"]\n    stop_grace_period: 1s\n    volumes:\n      - data:/work\n',
  ),
  inCompose('\nconfigs:\n  nginx', '\nvolumes:\n  data:\n\nconfigs:\n  nginx'),
]

/** Good recipes whose data lies where one would not look for it. */
export const ODD_DATA: readonly Animal[] = [
  {
    name: 'odd-shared-file',
    about: 'the application and its worker share a volume with an SQLite file in it',
    releases: both('site', sharingSqlite),
    expected: {
      ...green({ install: 'pass', upgrade: 'pass', backup_restore: 'pass' }),
      check: { name: /^survived the upgrade: rows in sqlite of "app"/, status: 'pass' },
    },
  },
]
