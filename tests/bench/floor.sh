#!/bin/sh
# The floor that a run is measured against: what no harness could leave out, in the order of a run, and nothing else. No
# checks, no record, no waiting but for what Swarm and the app need. One app, from clone to nothing left.
#
# RECIPE, UPSTREAM (a repository), BASE (a tag), DOMAIN, GATEWAY (host:port), CA, ABRA_DIR (its own), HEALTH_PATH
# FILES: "service:folder ..." that get a canary; ROWS: the service whose PostgreSQL gets one; BACKUP: 1 to back up, restore
set -eu

stack=$(printf %s "$DOMAIN" | tr . _)
tree=$ABRA_DIR/recipes/$RECIPE
label=com.docker.stack.namespace=$stack
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
canary=.floor-canary-$$

route() { # polls every 50 ms until the app answers
  until curl -sf -o /dev/null --cacert "$CA" --connect-to "::$GATEWAY" "https://$DOMAIN$HEALTH_PATH"; do
    sleep 0.05
  done
}

deploy() { abra app deploy --no-input --chaos --offline --no-converge-checks --no-domain-checks "$DOMAIN" >/dev/null 2>&1; }

# A terminal, as abra's backup verbs want one.
on_terminal() { script -qec "$1" /dev/null >/dev/null </dev/null; }

container() { docker ps -q --filter "label=com.docker.swarm.service.name=${stack}_$1" | head -n 1; }

put_files() {
  printf %s "$1" >"$scratch/value"
  for place in ${FILES-}; do
    docker cp "$scratch/value" "$(container "${place%%:*}"):${place#*:}/$canary" >/dev/null 2>&1
  done
}

get_files() {
  for place in ${FILES-}; do
    docker cp "$(container "${place%%:*}"):${place#*:}/$canary" "$scratch/read" >/dev/null 2>&1
    cat "$scratch/read" >/dev/null
  done
}

rows() {
  [ -n "${ROWS-}" ] || return 0
  # shellcheck disable=SC2016 # the container's shell fills it in
  docker exec "$(container "$ROWS")" sh -c \
    'PGPASSWORD=$(cat "$POSTGRES_PASSWORD_FILE") psql -qAt -h 127.0.0.1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" -c "$1"' sh "$1" >/dev/null
}

updates() { # the states of all updates of the stack, one a line
  # shellcheck disable=SC2046 # ids hold no blanks
  docker service inspect --format '{{with .UpdateStatus}}{{.State}}{{end}}' $(docker service ls -q --filter "label=$label")
}

started=$(date +%s%N)
lap() { echo "$((($(date +%s%N) - started) / 1000000)) $1" >&2; }

git clone -q "$UPSTREAM" "$tree"
head=$(git -C "$tree" rev-parse HEAD)
git -C "$tree" checkout -q "$BASE"
abra app new --no-input --offline --server default --domain "$DOMAIN" "$RECIPE" >/dev/null 2>&1
abra app secret generate --no-input --offline --all --machine "$DOMAIN" >/dev/null 2>&1 || :
git -C "$tree" checkout -qf "$BASE" # both verbs may have moved it
sed -i 's/^LETS_ENCRYPT_ENV=.*/LETS_ENCRYPT_ENV=/' "$ABRA_DIR/servers/default/$DOMAIN.env"
lap 'created'
deploy
route
lap 'install'

put_files one
rows 'CREATE TABLE floor_canary (value text); INSERT INTO floor_canary VALUES (1), (2)'
git -C "$tree" checkout -qf "$head"
deploy
until updates | grep -q completed && ! updates | grep -q updating; do sleep 0.05; done
get_files
rows 'SELECT * FROM floor_canary'
lap 'upgrade'

if [ "${BACKUP-}" = 1 ]; then
  on_terminal "abra app backup create --no-input --chaos --offline '$DOMAIN'"
  lap 'backup'
  put_files two
  rows "UPDATE floor_canary SET value = 'changed'"
  on_terminal "abra app restore --no-input --chaos --offline '$DOMAIN'"
  get_files
  rows 'SELECT * FROM floor_canary'
  lap 'restore'
fi
route

# shellcheck source=tests/bench/take-down.sh
. "${0%/*}/take-down.sh"
lap 'teardown'
