import { databaseServer } from '../domain/database-server.js'
import { NO_CLIENT, SHELL_VAR, TABLE, type RowDialect } from './row-dialect.js'

/**
 * Redis and its forks. A key each; SAVE after each change, since nothing else writes at once. Any volume may hold the data:
 * only the server tells its folder, and one that lies in no volume is lost at each start.
 */
export const REDIS: RowDialect = {
  kind: 'redis',
  serves: service => databaseServer(service) === 'redis',
  holdsData: () => true,
  script: `${SHELL_VAR}
cli=$(client redis-cli valkey-cli keydb-cli) || exit $?
verb=$1
if [ "$verb" = list ]; then commands='CONFIG GET dir'; else commands=$(cat); fi
list() {
  case "$1" in
  '') echo 'it does not answer' >&2; exit 1 ;;
  dir?/*) dir=\${1#dir?} ;;
  *) echo "it does not tell its data folder: $1" >&2; exit ${NO_CLIENT} ;;
  esac
  kept=$(printf '%s\\n' "$RCI_FOLDERS" | while read -r folder; do
    case "$dir/" in ("\${folder%/}"/*) echo 0 ;; esac
  done)
  if [ -n "$kept" ]; then echo 0; exit 0; fi
  echo "its data folder \\"$dir\\" is in no volume: the data is not kept" >&2
  exit ${NO_CLIENT}
}
try() {
  export REDISCLI_AUTH="$1"
  if [ -z "$1" ]; then unset REDISCLI_AUTH; fi
  if [ "$("$cli" PING 2>/dev/null)" != PONG ]; then return 0; fi
  said=$(printf '%s\\n' "$commands" | "$cli")
  if [ "$verb" = list ]; then list "$said"; fi
  case "$said" in
  *ERR\\ * | *MISCONF* | *READONLY* | *NOAUTH*) printf '%s\\n' "$said" >&2; exit 1 ;;
  esac
  printf '%s\\n' "$said"
  exit 0
}
try ''
try "$(var REDIS_PASSWORD VALKEY_PASSWORD)"
for file in /run/secrets/*; do
  if [ -r "$file" ]; then try "$(cat "$file")"; fi
done
"$cli" PING >&2
echo 'no password is accepted' >&2
exit 1
`,
  dumps: /(?:redis|valkey|keydb)-cli|\.rdb\b/,
  users: [undefined],
  write: ({ first, second }) => `SET ${TABLE}:1 ${first}\nSET ${TABLE}:2 ${second}\nSAVE\n`,
  read: `EVAL "local r = {} for i = 1, 2 do local v = redis.call('GET', KEYS[i]) if v then r[#r + 1] = i .. '|' .. v end end return r" 2 ${TABLE}:1 ${TABLE}:2\n`,
  change: first => `SET ${TABLE}:1 ${first}\nDEL ${TABLE}:2\nSAVE\n`,
  drop: `DEL ${TABLE}:1 ${TABLE}:2\n`,
  gone: /^\b$/,
  system: [],
}
