#!/usr/bin/python3
"""Backup bot of the lab: `backup -- create|list|snapshots|download|restore` for the app named by $SERVICE.

One service of the app labelled backupbot.backup=true turns backups on: then every volume of the app is in, but for what
the labels of its services leave out or narrow down. Services and labels come from Docker's socket, hooks run in the
services' containers, and the volumes go into a restic repository, with the app's name as the host.

More settings: SNAPSHOT (newest of the app), TARGET (/), VOLUMES (a,b: only these), CONTAINER (a,b: only what these services
mount, and their hooks), INCLUDE_PATH (for download), NO_COMMANDS=true (no hooks).
"""

import gzip
import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.parse

VOLUMES = "/var/lib/docker/volumes"
DOWNLOAD = "/tmp/backup.tar.gz"
PREFIX = "backupbot.backup"


class DockerConnection(http.client.HTTPConnection):
    def __init__(self):
        super().__init__("docker", timeout=600)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect("/var/run/docker.sock")


class Failure(Exception):
    pass


def docker(method, path, body=None):
    connection = DockerConnection()
    payload = None if body is None else json.dumps(body)
    connection.request(method, path, payload, {"Content-Type": "application/json"})
    response = connection.getresponse()
    data = response.read()
    if response.status >= 400:
        raise Failure(f"docker: {response.status} {data.decode('utf-8', 'replace').strip()}")
    return data


def docker_json(path, filters):
    query = urllib.parse.quote(json.dumps(filters))
    return json.loads(docker("GET", f"{path}?filters={query}"))


def log(level, message, **facts):
    stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    print(json.dumps({"time": stamp, "level": level, "app": os.environ.get("SERVICE"), "message": message, **facts}), flush=True)


def setting(name):
    return [part.strip() for part in os.environ.get(name, "").split(",") if part.strip()]


def app():
    name = os.environ.get("SERVICE", "")
    if not name:
        raise Failure("SERVICE is not set: which app?")
    return name


def stack():
    return app().replace(".", "_")


def short(name):
    return name[len(stack()) + 1 :] if name.startswith(stack() + "_") else name


class Service:
    def __init__(self, facts):
        self.id = facts["ID"]
        self.name = facts["Spec"]["Name"]
        self.labels = facts["Spec"].get("Labels") or {}
        mounts = facts["Spec"]["TaskTemplate"]["ContainerSpec"].get("Mounts") or []
        self.mounts = [mount for mount in mounts if mount.get("Type") == "volume" and mount.get("Source")]

    def run(self, kind):
        command = self.labels.get(kind)
        if not command or os.environ.get("NO_COMMANDS") == "true":
            return
        log("info", "running hook", service=self.name, hook=kind)
        filters = {"label": [f"com.docker.swarm.service.id={self.id}"], "status": ["running"]}
        containers = docker_json("/containers/json", filters)
        if not containers:
            raise Failure(f"no running container of {self.name} for its {kind}")
        settings = {"AttachStdout": True, "AttachStderr": True, "Tty": True, "Cmd": ["sh", "-c", command]}
        created = json.loads(docker("POST", f"/containers/{containers[0]['Id']}/exec", settings))
        output = docker("POST", f"/exec/{created['Id']}/start", {"Detach": False, "Tty": True})
        code = json.loads(docker("GET", f"/exec/{created['Id']}/json"))["ExitCode"]
        if code != 0:
            said = output.decode("utf-8", "replace").strip()
            raise Failure(f"{kind} of {self.name} failed with exit code {code}: {said}")


class App:
    def __init__(self):
        found = docker_json("/services", {"label": [f"com.docker.stack.namespace={stack()}"]})
        self.services = [Service(facts) for facts in found]
        if not self.services:
            raise Failure(f"{app()} is not deployed")
        only = setting("CONTAINER")
        self.chosen = [each for each in self.services if not only or short(each.name) in only]
        if not any(each.labels.get(PREFIX, "").lower() == "true" for each in self.services):
            raise Failure(f"no service of {app()} is labelled {PREFIX}=true")

    def hooks(self, kind):
        for service in self.chosen:
            service.run(kind)

    def label(self, name):
        return next((each.labels[name] for each in self.services if name in each.labels), None)

    def paths(self):
        """What of the volumes is in the backup, as absolute paths here."""
        only = setting("VOLUMES")
        found = set()
        for service in self.chosen:
            for mount in service.mounts:
                name = short(mount["Source"])
                if (not only or name in only) and (self.label(f"{PREFIX}.volumes.{name}") or "").lower() != "false":
                    found.update(self.parts(service, mount))
        return sorted(found)

    def parts(self, service, mount):
        root = f"{VOLUMES}/{mount['Source']}/_data"
        relative = self.label(f"{PREFIX}.volumes.{short(mount['Source'])}.path")
        if relative:
            return [os.path.join(root, part.strip().strip("/")) for part in relative.split(",")]
        inside = service.labels.get(f"{PREFIX}.path")
        return older_parts(inside, mount["Target"].rstrip("/"), root) if inside else [root]


def older_parts(inside, target, root):
    """The older label names absolute paths in the container."""
    paths = [path.strip().rstrip("/") for path in inside.split(",")]
    below = [root + path[len(target) :] for path in paths if path.startswith(target + "/")]
    return [root] if target in paths else below


def restic(*arguments, stdout=None):
    done = subprocess.run(["restic", *arguments], check=False, stdout=stdout)
    if done.returncode != 0:
        raise Failure(f"restic {arguments[0]} failed with exit code {done.returncode}")
    return done.stdout


def create():
    subject = App()
    try:
        subject.hooks("backupbot.backup.pre-hook")
        save(subject.paths())
    finally:
        subject.hooks("backupbot.backup.post-hook")


def save(paths):
    wanted = [path for path in paths if os.path.exists(path)]
    for path in paths:
        if path not in wanted:
            log("warning", "this path is not there", path=path)
    if not wanted:
        raise Failure("there is nothing to back up")
    lines = restic("backup", "--json", "--host", app(), *wanted, stdout=subprocess.PIPE)
    summary = json.loads(lines.decode().strip().splitlines()[-1])
    facts = {"snapshot_id": summary["snapshot_id"], "files": summary["total_files_processed"], "bytes": summary["total_bytes_processed"]}
    log("info", "backup finished", **facts)


def snapshot():
    return os.environ.get("SNAPSHOT") or "latest"


def restore():
    subject = App()
    include = [word for path in subject.paths() for word in ("--include", path)]
    if not include:
        raise Failure("there is nothing to restore")
    subject.hooks("backupbot.restore.pre-hook")
    restic("restore", snapshot(), "--host", app(), "--target", os.environ.get("TARGET") or "/", *include)
    subject.hooks("backupbot.restore.post-hook")
    log("info", "restore finished", snapshot_id=snapshot())


def snapshots():
    restic("snapshots", "--host", app())


def list_files():
    restic("ls", "--host", app(), snapshot())


def download():
    where = os.environ.get("INCLUDE_PATH") or "/"
    with subprocess.Popen(["restic", "dump", "--host", app(), snapshot(), where], stdout=subprocess.PIPE) as dump:
        with gzip.open(DOWNLOAD, "wb") as file:
            shutil.copyfileobj(dump.stdout, file)
    if dump.returncode != 0:
        raise Failure(f"restic dump failed with exit code {dump.returncode}")
    log("info", "download finished", path=DOWNLOAD)


VERBS = {"create": create, "restore": restore, "snapshots": snapshots, "list": list_files, "download": download}


def main(arguments):
    words = [word for word in arguments if word != "--"]
    verb = VERBS.get(words[0]) if words else None
    if verb is None:
        raise Failure(f"usage: backup -- {'|'.join(VERBS)}")
    verb()


def causes(failure):
    """A hook that ran after a failure and failed as well must not hide it."""
    while failure is not None:
        yield failure
        failure = failure.__context__


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except Failure as failure:
        for each in reversed(list(causes(failure))):
            log("error", str(each))
        sys.exit(1)
