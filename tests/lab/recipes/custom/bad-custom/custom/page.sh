#!/bin/sh
# Expects a text that the page does not have.
set -u
page=$(curl --silent --show-error --fail --max-time 20 \
  ${RECIPE_CI_CA:+--cacert "$RECIPE_CI_CA"} \
  ${RECIPE_CI_GATEWAY:+--connect-to "::$RECIPE_CI_GATEWAY"} \
  "$BASE_URL/")
case "$page" in
*'Opening hours'*) ;;
*)
  echo 'the page does not say "Opening hours"' >&2
  exit 1
  ;;
esac
