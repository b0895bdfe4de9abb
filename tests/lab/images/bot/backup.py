#!/usr/bin/python3
"""Backup bot of the lab: `backup -- create|list|snapshots|download|restore` for the app named by $SERVICE.

Reads what to back up from the labels of the app's services (backupbot.backup and its relatives) over the Docker socket, runs
the hooks in the services' containers, and keeps the volumes in a restic repository, one host name an app.
"""

import http.client
import json
import os
import socket
import subprocess
import sys
import urllib.parse

VOLUMES = "/var/lib/docker/volumes"


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
    print(json.dumps({"level": level, "message": message, **facts}), flush=True)


def services():
    stack = app().replace(".", "_")
    return docker_json("/services", {"label": [f"com.docker.stack.namespace={stack}"]})


def app():
    name = os.environ.get("SERVICE", "")
    if not name:
        raise Failure("SERVICE is not set: which app?")
    return name


def labels(service):
    return service["Spec"].get("Labels") or {}


def enabled(service):
    return labels(service).get("backupbot.backup", "").lower() == "true"


def exec_in(service, command):
    containers = docker_json("/containers/json", {"label": [f"com.docker.swarm.service.id={service['ID']}"], "status": ["running"]})
    name = service["Spec"]["Name"]
    if not containers:
        raise Failure(f"no running container of {name} for the hook")
    created = json.loads(
        docker("POST", f"/containers/{containers[0]['Id']}/exec", {"AttachStdout": True, "AttachStderr": True, "Tty": True, "Cmd": ["sh", "-c", command]})
    )
    output = docker("POST", f"/exec/{created['Id']}/start", {"Detach": False, "Tty": True})
    code = json.loads(docker("GET", f"/exec/{created['Id']}/json"))["ExitCode"]
    if code != 0:
        raise Failure(f"hook of {name} failed with exit code {code}: {output.decode('utf-8', 'replace').strip()}")


def run_hooks(kind, everyone):
    for service in everyone:
        command = labels(service).get(kind)
        if command and os.environ.get("NO_COMMANDS") != "true":
            log("info", "running hook", service=service["Spec"]["Name"], hook=kind)
            exec_in(service, command)


def label_anywhere(everyone, name):
    return next((labels(each)[name] for each in everyone if name in labels(each)), None)


def paths(everyone):
    found = []
    prefix = app().replace(".", "_") + "_"
    for service in filter(enabled, everyone):
        for mount in service["Spec"]["TaskTemplate"]["ContainerSpec"].get("Mounts") or []:
            volume = mount.get("Source", "")
            if mount.get("Type") != "volume" or not volume:
                continue
            label = f"backupbot.backup.volumes.{volume[len(prefix):] if volume.startswith(prefix) else volume}"
            if (label_anywhere(everyone, label) or "").lower() == "false":
                continue
            only = label_anywhere(everyone, f"{label}.path")
            root = f"{VOLUMES}/{volume}/_data"
            found += [f"{root}/{part.strip().lstrip('/')}" for part in only.split(",")] if only else [root]
    return sorted(set(found))


def restic(*arguments):
    return subprocess.run(["restic", *arguments], check=False).returncode


def need(code, what):
    if code != 0:
        raise Failure(f"{what} failed with exit code {code}")


def create():
    everyone = services()
    if not any(map(enabled, everyone)):
        raise Failure(f"no service of {app()} is labelled backupbot.backup=true")
    try:
        run_hooks("backupbot.backup.pre-hook", everyone)
        wanted = [path for path in paths(everyone) if os.path.exists(path)]
        if not wanted:
            raise Failure("nothing to back up")
        done = subprocess.run(["restic", "backup", "--json", "--host", app(), *wanted], check=False, stdout=subprocess.PIPE)
        need(done.returncode, "restic backup")
        summary = json.loads(done.stdout.decode().strip().splitlines()[-1])
        log("info", "backup finished", snapshot_id=summary["snapshot_id"], files=summary["total_files_processed"], bytes=summary["total_bytes_processed"])
    finally:
        run_hooks("backupbot.backup.post-hook", everyone)


def snapshot():
    return os.environ.get("SNAPSHOT") or "latest"


def restore():
    everyone = services()
    run_hooks("backupbot.restore.pre-hook", everyone)
    target = os.environ.get("TARGET") or "/"
    need(restic("restore", snapshot(), "--host", app(), "--target", target), "restic restore")
    run_hooks("backupbot.restore.post-hook", everyone)
    log("info", "restore finished")


def snapshots():
    need(restic("snapshots", "--host", app()), "restic snapshots")


def list_files():
    need(restic("ls", "--host", app(), snapshot()), "restic ls")


def download():
    where = os.environ.get("INCLUDE_PATH") or "/"
    with open("/tmp/backup.tar.gz", "wb") as file:
        done = subprocess.run(["restic", "dump", "--host", app(), snapshot(), where], check=False, stdout=file)
    need(done.returncode, "restic dump")


VERBS = {"create": create, "restore": restore, "snapshots": snapshots, "list": list_files, "download": download}


def main(arguments):
    words = [word for word in arguments if word != "--"]
    verb = VERBS.get(words[0]) if words else None
    if verb is None:
        raise Failure(f"usage: backup -- {'|'.join(VERBS)}")
    verb()


try:
    main(sys.argv[1:])
except Failure as failure:
    log("error", str(failure))
    sys.exit(1)
