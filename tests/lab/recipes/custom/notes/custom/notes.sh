#!/bin/sh
# Stores a note and finds it in the list, over HTTPS at the gateway, as a visitor would. Speaks TAP.
set -u

fetch() {
  curl --silent --show-error --fail --max-time 20 \
    ${RECIPE_CI_CA:+--cacert "$RECIPE_CI_CA"} \
    ${RECIPE_CI_GATEWAY:+--connect-to "::$RECIPE_CI_GATEWAY"} \
    "$@"
}

point() {
  count=$((count + 1))
  if [ "$1" -eq 0 ]; then echo "ok $count - $2"; else echo "not ok $count - $2"; fi
}

count=0
note="written by a test, $$"

echo 'TAP version 14'
echo '1..3'

fetch --output /dev/null --data-binary "$note" "$BASE_URL/notes"
point $? 'a note is stored'

fetch "$BASE_URL/notes" | grep -qF "$note"
point $? 'the note is in the list'

fetch "$BASE_URL/" | grep -q "Notes [0-9]"
point $? 'the front page shows the version'
