import type { ServiceFacts } from '../domain/stack-facts.js'

/** The table, collection or key prefix that holds the canary rows. */
export const TABLE = 'recipe_ci_canary'

/** Exit code of a script that will never do: the image lacks the database's client, or the data is not in a volume. */
export const NO_CLIENT = 96

/** The two rows of a canary: to change means to update the first and delete the second. */
export type Rows = { readonly first: string; readonly second: string }

/**
 * How to speak with one kind of database: a shell script, run in the server's own container, that finds credentials
 * where the compose file put them (so that no password ever leaves the container) and feeds its standard input to the
 * client. Everything else is data.
 */
export type RowDialect = {
  /** `postgres`, `mysql` … */
  readonly kind: string
  /** Whether a service is such a server. */
  readonly serves: (service: ServiceFacts) => boolean
  /** Whether a mount target holds the server's data. */
  readonly holdsData: (target: string, service: ServiceFacts) => boolean
  /**
   * POSIX sh. `$1`: `list` prints the databases, the configured one first, one a line; `run` feeds standard input to
   * the client. RCI_DATABASE, if set, wins over the configured one. Exit 0 means that everything was done.
   */
  readonly script: string
  /** What the command of a hook says when it dumps such a database. */
  readonly dumps: RegExp
  /** Users to run the script as, in order; undefined: the container's own. */
  readonly users: readonly (string | undefined)[]
  readonly write: (rows: Rows) => string
  /** Prints `1|value` and `2|value` lines. */
  readonly read: string
  readonly change: (first: string) => string
  readonly drop: string
  /** What the client says when table or database are not there. */
  readonly gone: RegExp
  /** Databases that are the server's own. */
  readonly system: readonly string[]
}

/** Whether a mount target lies at, above or below a folder. */
export function isAround(target: string, folder: string): boolean {
  const [a, b] = [`${target.replace(/\/+$/, '')}/`, `${folder.replace(/\/+$/, '')}/`]
  return a.startsWith(b) || b.startsWith(a)
}

/** A shell function `var NAME…`: the value of the first of these variables that is set, itself or as `NAME_FILE`. */
export const SHELL_VAR = `
var() {
  for name in "$@"; do
    eval "value=\\\${$name:-} file=\\\${\${name}_FILE:-}"
    if [ -z "$value" ] && [ -n "$file" ] && [ -r "$file" ]; then value=$(cat "$file"); fi
    if [ -n "$value" ]; then printf '%s' "$value"; return; fi
  done
}
client() {
  for name in "$@"; do
    if command -v "$name" >/dev/null 2>&1; then printf '%s' "$name"; return; fi
  done
  echo "the image has no client: $*" >&2
  exit ${NO_CLIENT}
}
`

/** The statements that any SQL database understands. No key on the table: a restore that only adds then shows. */
export const SQL = {
  write: ({ first, second }: Rows) =>
    `CREATE TABLE IF NOT EXISTS ${TABLE} (id int, value varchar(80));
DELETE FROM ${TABLE};
INSERT INTO ${TABLE} (id, value) VALUES (1, '${first}');
INSERT INTO ${TABLE} (id, value) VALUES (2, '${second}');
`,
  change: (first: string) =>
    `UPDATE ${TABLE} SET value = '${first}' WHERE id = 1;
DELETE FROM ${TABLE} WHERE id = 2;
`,
  drop: `DROP TABLE IF EXISTS ${TABLE};\n`,
}
