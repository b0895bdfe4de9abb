import { green, inCompose, only, runs, shell, withService, type Animal } from '../animal.js'

const GREEN = green({ install: 'pass', upgrade: 'skip', backup_restore: 'skip' })
const withState = [
  inCompose('    healthcheck:', '    volumes:\n      - state:/state\n    healthcheck:'),
  inCompose('\nconfigs:\n  nginx', '\nvolumes:\n  state:\n\nconfigs:\n  nginx'),
]
const worker = (name: string, command: string, restart: string) =>
  withService(
    `  ${name}:\n    image: __IMAGE_WEB__\n    command: ${shell(command)}\n    volumes:\n      - state:/state\n    deploy:\n      restart_policy:\n${restart}`,
  )

/** Good recipes with services that do their work and end. */
export const ROUNDS: readonly Animal[] = [
  {
    name: 'odd-slow-job',
    about: 'a migration runs once for 60 seconds, and the app ends until it is done',
    releases: only('site', [
      runs("test -e /state/migrated || exit 1; exec nginx -g 'daemon off;'"),
      ...withState,
      worker(
        'migrate',
        'sleep 60; touch /state/migrated',
        '        condition: on-failure\n        delay: 2s\n',
      ),
    ]),
    expected: GREEN,
  },
  {
    name: 'odd-daily',
    about: 'a service that Swarm itself starts again a day after each end',
    releases: only('site', [
      ...withState,
      worker('daily', 'date >/state/day', '        condition: any\n        delay: 24h\n'),
    ]),
    expected: GREEN,
  },
]
