import { databaseServer } from '../domain/database-server.js'
import { isAround, SHELL_VAR, TABLE, type RowDialect } from './row-dialect.js'

/** MongoDB, through mongosh or the older mongo, with the root user if the service has one. */
export const MONGO: RowDialect = {
  kind: 'mongodb',
  serves: service => databaseServer(service) === 'mongodb',
  holdsData: target => isAround(target, '/data/db') || isAround(target, '/bitnami/mongodb'),
  script: `${SHELL_VAR}
mongo=$(client mongosh mongo) || exit $?
user=$(var MONGO_INITDB_ROOT_USERNAME MONGODB_ROOT_USER)
own=$(var MONGO_INITDB_DATABASE MONGODB_DATABASE)
database=\${RCI_DATABASE:-\${own:-test}}
if [ "$1" = list ]; then
  if [ -n "$own" ]; then printf '%s\\n' "$own"; fi
  code="db.getMongo().getDBNames().forEach(function (name) { print(name) })"
else
  code=$(cat)
fi
set -- --quiet --eval "$code"
if [ -n "$user" ]; then
  set -- "$@" --authenticationDatabase admin -u "$user" -p "$(var MONGO_INITDB_ROOT_PASSWORD MONGODB_ROOT_PASSWORD)"
fi
exec "$mongo" "$database" "$@"
`,
  dumps: /mongodump/,
  users: [undefined],
  write: ({ first, second }) =>
    `db.${TABLE}.drop(); db.${TABLE}.insertMany([{n: 1, value: '${first}'}, {n: 2, value: '${second}'}])`,
  read: `db.${TABLE}.find().sort({n: 1, value: 1}).forEach(function (row) { print(row.n + '|' + row.value) })`,
  change: first =>
    `db.${TABLE}.updateOne({n: 1}, {$set: {value: '${first}'}}); db.${TABLE}.deleteMany({n: 2})`,
  drop: `db.${TABLE}.drop()`,
  gone: /^\b$/,
  system: ['admin', 'local', 'config'],
}
