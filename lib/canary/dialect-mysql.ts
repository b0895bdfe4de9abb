import { databaseServer } from '../domain/database-server.js'
import { isAround, SHELL_VAR, SQL, TABLE, type RowDialect } from './row-dialect.js'

const FOLDERS = ['/var/lib/mysql', '/bitnami/mariadb', '/bitnami/mysql']

/** MySQL and MariaDB: the application's own user first, then root; the local socket first, then loopback. */
export const MYSQL: RowDialect = {
  kind: 'mysql',
  serves: service => databaseServer(service) === 'mysql',
  holdsData: target => FOLDERS.some(folder => isAround(target, folder)),
  script: `${SHELL_VAR}
mysql=$(client mariadb mysql) || exit $?
own=$(var MYSQL_DATABASE MARIADB_DATABASE)
database=\${RCI_DATABASE:-$own}
if [ "$1" = list ]; then
  database=
  sql="SELECT schema_name FROM information_schema.schemata ORDER BY schema_name = '$own' DESC"
else
  sql=$(cat)
fi
last=
exec 3>&1
try() {
  if [ -z "$1" ]; then return 1; fi
  export MYSQL_PWD="$2"
  for host in localhost 127.0.0.1; do
    last=$(printf '%s\\n' "$sql" | "$mysql" -N -B -h "$host" -u "$1" \${database:+"$database"} 2>&1 >&3) && exit 0
    case "$last" in
    *"doesn't exist"* | *'Unknown database'*) printf '%s\\n' "$last" >&2; exit 1 ;;
    esac
  done
}
try "$(var MYSQL_USER MARIADB_USER)" "$(var MYSQL_PASSWORD MARIADB_PASSWORD)"
try root "$(var MYSQL_ROOT_PASSWORD MARIADB_ROOT_PASSWORD)"
printf '%s\\n' "$last" >&2
exit 1
`,
  dumps: /mysqldump|mariadb-dump/,
  users: [undefined],
  ...SQL,
  read: `SELECT CONCAT(id, '|', value) FROM ${TABLE} ORDER BY id, value;\n`,
  gone: /Table '.*' doesn't exist|Unknown database/,
  system: ['information_schema', 'performance_schema', 'mysql', 'sys'],
}
