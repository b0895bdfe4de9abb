import { databaseServer } from '../domain/database-server.js'
import { envOf } from './service-env.js'
import { isAround, SHELL_VAR, SQL, TABLE, type RowDialect } from './row-dialect.js'

const FOLDERS = ['/var/lib/postgresql', '/bitnami/postgresql']

/**
 * The table goes to whom the app's own tables belong: a dump made as that role, or a migration that drops all tables,
 * would fail on one that is not its own.
 */
const HAND_OVER = `DO $$
DECLARE own name;
BEGIN
  SELECT pg_get_userbyid(relowner) INTO own FROM pg_class
    WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace AND relname <> '${TABLE}'
    GROUP BY relowner ORDER BY count(*) DESC LIMIT 1;
  IF own IS NULL THEN
    SELECT pg_get_userbyid(datdba) INTO own FROM pg_database WHERE datname = current_database();
  END IF;
  EXECUTE format('ALTER TABLE ${TABLE} OWNER TO %I', own);
EXCEPTION WHEN OTHERS THEN NULL;
END $$;
`

/** psql over the local socket first, which most images trust, then over loopback with the password. */
export const POSTGRES: RowDialect = {
  kind: 'postgres',
  serves: service => databaseServer(service) === 'postgres',
  holdsData: (target, service) => {
    const own = envOf(service)['PGDATA']
    return [...FOLDERS, ...(own === undefined ? [] : [own])].some(each => isAround(target, each))
  },
  script: `${SHELL_VAR}
psql=$(client psql) || exit $?
user=$(var POSTGRES_USER POSTGRESQL_USERNAME); user=\${user:-postgres}
own=$(var POSTGRES_DB POSTGRESQL_DATABASE); own=\${own:-$user}
export PGPASSWORD="$(var POSTGRES_PASSWORD POSTGRESQL_PASSWORD)" PGCONNECT_TIMEOUT=5
database=\${RCI_DATABASE:-$own}
if [ "$1" = list ]; then
  database=postgres
  sql="SELECT datname FROM pg_database WHERE NOT datistemplate AND datallowconn ORDER BY datname = '$own' DESC, pg_database_size(datname) DESC"
else
  sql=$(cat)
fi
say() { printf '%s\\n' "$sql" | "$psql" -X -q -A -t -F '|' -v ON_ERROR_STOP=1 -U "$user" -d "$database" "$@"; }
exec 3>&1
said=$(say 2>&1 >&3) && exit 0
case "$said" in
*'does not exist'*) printf '%s\\n' "$said" >&2; exit 1 ;;
esac
say -h 127.0.0.1
`,
  dumps: /pg_dump|pg_basebackup/,
  users: [undefined, 'postgres'],
  ...SQL,
  write: rows => SQL.write(rows) + HAND_OVER,
  read: `SELECT id, value FROM ${TABLE} ORDER BY id, value;\n`,
  gone: /(relation|database) ".*" does not exist/,
  system: ['postgres'],
}
