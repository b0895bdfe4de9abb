import { SHELL_VAR, SQL, TABLE, type RowDialect } from './row-dialect.js'

/**
 * SQLite files in the volumes of a service whose image has the client: there is no server to recognise, so every
 * service with a volume is asked. RCI_FOLDERS holds the mount targets, one a line; the biggest database comes first.
 */
export const SQLITE: RowDialect = {
  kind: 'sqlite',
  serves: service => service.mounts.some(mount => !mount.readOnly),
  holdsData: () => true,
  script: `${SHELL_VAR}
files() {
  printf '%s\\n' "$RCI_FOLDERS" | while read -r folder; do
    find "$folder" -xdev -type f -size +0 \\( -name '*.db' -o -name '*.sqlite' -o -name '*.sqlite3' -o -name '*.db3' \\) 2>/dev/null
  done | while read -r file; do
    if [ "$(head -c 15 "$file" 2>/dev/null)" = 'SQLite format 3' ]; then
      printf '%s %s\\n' "$(wc -c <"$file")" "$file"
    fi
  done
}
if [ "$1" = list ]; then
  found=$(files)
  if [ -z "$found" ]; then exit 0; fi
  sqlite=$(client sqlite3) || exit $?
  printf '%s\\n' "$found" | sort -rn | cut -d ' ' -f 2-
  exit 0
fi
sqlite=$(client sqlite3) || exit $?
if [ ! -f "$RCI_DATABASE" ]; then echo "no such file: $RCI_DATABASE" >&2; exit 1; fi
exec "$sqlite" -batch -bail -cmd '.timeout 5000' "$RCI_DATABASE"
`,
  dumps: /sqlite3/,
  users: [undefined],
  ...SQL,
  read: `SELECT id || '|' || value FROM ${TABLE} ORDER BY id, value;\n`,
  gone: /no such (table|file)/,
  system: [],
}
