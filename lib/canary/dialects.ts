import { MONGO } from './dialect-mongo.js'
import { MYSQL } from './dialect-mysql.js'
import { POSTGRES } from './dialect-postgres.js'
import { REDIS } from './dialect-redis.js'
import type { RowDialect } from './row-dialect.js'

/** Database servers, by what a service looks like. */
export const SERVERS: readonly RowDialect[] = [POSTGRES, MYSQL, MONGO, REDIS]

/** Where no server is: files. */
export { SQLITE } from './dialect-sqlite.js'
