#!/bin/sh
# The bare commands that take a stack down without a leak: services, containers by force, until they are gone; then
# networks, volumes, secrets, configs, env file. DOMAIN, ABRA_DIR. With PROOF=1 also what a sweep may not leave out: the
# tasks too are waited for, and all is counted twice, 250 ms apart.
set -eu

stack=$(printf %s "$DOMAIN" | tr . _)
label=com.docker.stack.namespace=$stack

# shellcheck disable=SC2046 # ids hold no blanks
docker service rm $(docker service ls -q --filter "label=$label") >/dev/null
until [ -z "$(docker ps -aq --filter "label=$label")" ]; do
  # shellcheck disable=SC2046
  docker rm -f $(docker ps -aq --filter "label=$label") >/dev/null 2>&1 || :
done
tasks() {
  docker ps -aq --filter "label=$label"
  docker stack ps -q "$stack" 2>/dev/null || :
}
left() {
  for kind in service network volume secret config; do
    docker "$kind" ls --format '{{.Name}}' | grep "^${stack}_" || :
  done
  tasks
}
[ -z "${PROOF-}" ] || until [ -z "$(tasks)" ]; do sleep 0.05; done
for kind in network volume secret config; do
  names=$(docker "$kind" ls --format '{{.Name}}' | grep "^${stack}_" || :)
  # shellcheck disable=SC2086
  [ -z "$names" ] || docker "$kind" rm $names >/dev/null
done
rm -f "$ABRA_DIR/servers/default/$DOMAIN.env"
[ -n "${PROOF-}" ] || exit 0
[ -z "$(left)" ]
sleep 0.25
[ -z "$(left)" ]
