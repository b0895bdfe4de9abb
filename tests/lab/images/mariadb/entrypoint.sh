#!/bin/sh
# Makes the data folder and the application's database at the first start, as the official image does with these variables.
set -eu
read_secret() { if [ -n "$1" ]; then cat "$1"; else printf %s "$2"; fi; }
if [ ! -d /var/lib/mysql/mysql ]; then
  mariadb-install-db --datadir=/var/lib/mysql --skip-test-db --auth-root-authentication-method=normal >/dev/null
  root=$(read_secret "${MYSQL_ROOT_PASSWORD_FILE-}" "${MYSQL_ROOT_PASSWORD-}")
  password=$(read_secret "${MYSQL_PASSWORD_FILE-}" "${MYSQL_PASSWORD-}")
  mariadbd --datadir=/var/lib/mysql --bootstrap <<SQL
FLUSH PRIVILEGES;
ALTER USER 'root'@'localhost' IDENTIFIED BY '$root';
CREATE DATABASE IF NOT EXISTS \`${MYSQL_DATABASE:-app}\`;
CREATE USER IF NOT EXISTS '${MYSQL_USER:-app}'@'%' IDENTIFIED BY '$password';
GRANT ALL ON \`${MYSQL_DATABASE:-app}\`.* TO '${MYSQL_USER:-app}'@'%';
SQL
fi
exec mariadbd --datadir=/var/lib/mysql --bind-address=0.0.0.0
