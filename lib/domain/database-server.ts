import type { ServiceFacts } from './stack-facts.js'

type DatabaseServer = 'postgres' | 'mysql' | 'mongodb' | 'redis'

type Look = { readonly kind: DatabaseServer; readonly named: RegExp; readonly folder?: string }

const LOOKS: readonly Look[] = [
  {
    kind: 'postgres',
    named: /postgres|postgis|pgvector|timescale|pgautoupgrade/,
    folder: '/var/lib/postgresql',
  },
  { kind: 'mysql', named: /mysql|mariadb|percona/, folder: '/var/lib/mysql' },
  { kind: 'mongodb', named: /^mongo|mongodb/, folder: '/data/db' },
  { kind: 'redis', named: /redis|valkey|keydb/ },
]

/** Programs beside a database that carry its name. */
const BESIDE = /exporter|backup|express|admin|proxy|insight|commander/

/** What services that are databases are called. */
const NAMES = /^(db|database|postgres(ql)?|mysql|mariadb|mongo(db)?|redis)$/

/** The database server that a service looks like, by its image and by where its volumes are mounted. */
export function databaseServer({
  image,
  mounts,
}: Pick<ServiceFacts, 'image' | 'mounts'>): DatabaseServer | undefined {
  const name = imageName(image)
  const isNamed = ({ named }: Look) => named.test(name) && !BESIDE.test(name)
  const isMounted = ({ folder }: Look) =>
    folder !== undefined && mounts.some(mount => mount.target.startsWith(folder))
  return LOOKS.find(look => isNamed(look) || isMounted(look))?.kind
}

/** Whether a service is a database, also by its own name where neither its image nor its volumes say so. */
export function isDatabase(service: Pick<ServiceFacts, 'name' | 'image' | 'mounts'>): boolean {
  return databaseServer(service) !== undefined || NAMES.test(service.name)
}

/** Other servers that an app may wait for at its start. */
const SERVERS =
  /^(elasticsearch|opensearch|solr|clickhouse|rabbitmq|meilisearch|couchdb|cassandra|memcached|keycloak|minio)(-server|-oss)?$/

/** Whether apps wait for a service until it listens: a database, or another server that is known by its image. */
export function isListener(service: Pick<ServiceFacts, 'name' | 'image' | 'mounts'>): boolean {
  return isDatabase(service) || SERVERS.test(imageName(service.image))
}

/** The last part of an image's repository: `library/postgres:15` is `postgres`. */
function imageName(image: string): string {
  const repository = image.split('/').at(-1) ?? ''
  return (repository.split(':')[0] ?? '').toLowerCase()
}
