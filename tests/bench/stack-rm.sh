#!/bin/sh
# What most people do: docker stack rm, until nothing of the stack is left that it takes. DOMAIN.
set -eu

stack=$(printf %s "$DOMAIN" | tr . _)
label=com.docker.stack.namespace=$stack

docker stack rm "$stack" >/dev/null
until [ -z "$(docker ps -aq --filter "label=$label")$(docker network ls -q --filter "label=$label")" ]; do sleep 0.05; done
