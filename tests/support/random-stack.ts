import type { CanarySkip } from '../../lib/domain/meta.js'
import type { ServiceFacts } from '../../lib/domain/stack-facts.js'
import type { Random } from './random.js'
import { service } from './stack-facts.js'

const IMAGES = ['web:1', 'postgres:15', 'mariadb:11', 'redis:7', 'mongo:7', 'ghost:5', 'valkey:8']
const VOLUMES = ['data', 'db', 'media', 'cache', 'plugins']
const TARGETS = [
  '/data',
  '/var/lib/postgresql/data',
  '/var/lib/mysql',
  '/data/db',
  '/etc/nginx/conf.d',
  '/srv/plugins/',
  '/srv/media',
]
const LABELS: readonly (readonly [string, string])[] = [
  ['backupbot.backup', 'true'],
  ['backupbot.backup', 'false'],
  ['backupbot.backup.pre-hook', 'pg_dump >/data/x'],
  ['backupbot.backup.volumes.data', 'false'],
  ['backupbot.backup.volumes.db.path', 'dump.sql'],
  ['backupbot.backup.path', '/data/sub'],
]

/** The services of a stack as a recipe's compose file might give them. */
export function randomStack(random: Random): readonly ServiceFacts[] {
  return Array.from({ length: 1 + random.below(4) }, (_, index) =>
    service(`s${index}`, {
      image: random.pick(IMAGES),
      labels: Object.fromEntries(some(random, LABELS)),
      mounts: some(random, VOLUMES).map(name => ({
        volume: random.below(8) === 0 ? name : `stack_${name}`,
        target: random.pick(TARGETS),
        readOnly: random.below(3) === 0,
      })),
    }),
  )
}

export function randomSkips(random: Random): Readonly<Record<string, CanarySkip>> {
  if (random.below(3) > 0) return {}
  return { [random.pick([...VOLUMES, 's0', 's1'])]: { skip: 'on purpose' } }
}

function some<Item>(random: Random, items: readonly Item[]): readonly Item[] {
  return items.filter(() => random.below(3) === 0)
}
