"""Notes: stores and lists short texts in PostgreSQL. Starts before its database is up, and comes back when it does."""

import html
import json
import os
import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psycopg2

VERSION = os.environ.get("NOTES_VERSION", "unknown")
LONGEST_NOTE_BYTES = 65536


def connect():
    password_file = os.environ["DATABASE_PASSWORD_FILE"]
    with open(password_file, encoding="utf-8") as file:
        password = file.read().strip()
    return psycopg2.connect(
        host=os.environ["DATABASE_HOST"],
        dbname=os.environ["DATABASE_NAME"],
        user=os.environ["DATABASE_USER"],
        password=password,
        connect_timeout=2,
    )


def query(sql, *values):
    connection = connect()
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute("CREATE TABLE IF NOT EXISTS notes (id serial PRIMARY KEY, text text NOT NULL)")
            cursor.execute(sql, values)
            return cursor.fetchall()
    finally:
        connection.close()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path == "/healthz":
            self.answer(lambda: (200, "text/plain", f"ok {query('SELECT count(*) FROM notes')[0][0]}\n"))
        elif self.path == "/notes":
            self.answer(lambda: (200, "application/json", json.dumps(self.notes())))
        elif self.path == "/":
            self.answer(lambda: (200, "text/html", self.page()))
        else:
            self.answer(lambda: (404, "text/plain", "no such page\n"))

    def do_POST(self):
        length = int(self.headers.get("Content-Length") or 0)
        if self.path != "/notes" or not 0 < length <= LONGEST_NOTE_BYTES:
            self.answer(lambda: (400, "text/plain", "POST a text to /notes\n"))
            return
        text = self.rfile.read(length).decode("utf-8", "replace")
        self.answer(
            lambda: (201, "application/json", json.dumps({"id": query("INSERT INTO notes (text) VALUES (%s) RETURNING id", text)[0][0]}))
        )

    def notes(self):
        return [{"id": row[0], "text": row[1]} for row in query("SELECT id, text FROM notes ORDER BY id")]

    def page(self):
        items = "".join(f"<li>{html.escape(note['text'])}</li>" for note in self.notes())
        banner = html.escape(os.environ.get("NOTES_BANNER", ""))
        return f"<!doctype html><title>Notes</title><h1>Notes {VERSION}</h1><p>{banner}</p><ul>{items}</ul>\n"

    def answer(self, make):
        try:
            status, kind, body = make()
        except psycopg2.Error as error:
            status, kind, body = 503, "text/plain", f"database: {error}\n"
        payload = body.encode("utf-8")
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, format, *args):
        if self.path != "/healthz":
            sys.stderr.write(f"{self.command} {self.path} {args[1] if len(args) > 1 else ''}\n")


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print(f"notes {VERSION} on port 8080", flush=True)
    ThreadingHTTPServer(("0.0.0.0", 8080), Handler).serve_forever()
