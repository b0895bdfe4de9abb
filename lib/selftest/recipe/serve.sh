#!/bin/sh
# One page on port 80, with whatever web server the image has.
mkdir -p /tmp/www
[ -s /data/note ] || echo 'written at the first start' >/data/note

if busybox --list 2>/dev/null | busybox grep -qx httpd; then
  set -- busybox httpd -f -p 80 -h /tmp/www
elif command -v python3 >/dev/null; then
  set -- python3 -m http.server 80 --directory /tmp/www
elif command -v nginx >/dev/null; then
  cat >/tmp/nginx.conf <<'CONF'
events {}
http { server { listen 80; root /tmp/www; } }
CONF
  set -- nginx -c /tmp/nginx.conf -g 'daemon off;'
else
  echo 'this image has no web server that the self-test knows: busybox httpd, python3 or nginx' >&2
  exit 1
fi

"$@" &
server=$!
trap 'kill "$server"; exit 0' TERM
echo "recipe-ci self-test, version $VERSION" >/tmp/www/index.html
wait "$server"
