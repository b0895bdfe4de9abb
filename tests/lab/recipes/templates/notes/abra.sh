export NOTES_CONF_VERSION=v1
export PG_BACKUP_VERSION=v1

# abra app cmd <domain> db count_notes
count_notes() {
  psql -U notes -d notes -Atc 'SELECT count(*) FROM notes'
}
