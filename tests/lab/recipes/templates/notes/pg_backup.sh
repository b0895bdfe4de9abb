#!/bin/sh
# Dumps the database into its volume before a backup, and loads the dump after a restore.
set -eu
dump=/var/lib/postgresql/data/backup.sql

case "$1" in
backup)
  pg_dump -U notes -d notes --clean --if-exists >"$dump.new"
  mv "$dump.new" "$dump"
  ;;
clean)
  rm -f "$dump"
  ;;
restore)
  psql -U notes -d notes -q -v ON_ERROR_STOP=1 --single-transaction -f "$dump" >/dev/null
  rm -f "$dump"
  ;;
*)
  echo "usage: $0 backup|clean|restore" >&2
  exit 2
  ;;
esac
