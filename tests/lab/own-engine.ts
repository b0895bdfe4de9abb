import { spawn } from 'node:child_process'
import { openSync } from 'node:fs'
import { mkdir, readFile, rm, stat } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { dockerAt, succeeds } from './docker.js'
import { isRoot, LABS_DIR, readJson, writeWhole, type Log } from './places.js'

/** Data, pid file and log of an engine of the lab's own; a data folder of another engine is left alone. */
export const ENGINE_DIR = join(LABS_DIR, 'engine')
const SOCKET = '/var/run/docker.sock'
/** Where docker looks by default, so that a plain `docker` finds it as well. */
export const OWN_HOST = `unix://${SOCKET}`
const EXEC_DIR = '/run/recipe-ci-lab-engine'
const PID_FILE = join(ENGINE_DIR, 'docker.pid')
const LOG_FILE = join(ENGINE_DIR, 'dockerd.log')
const LINKS_FILE = join(ENGINE_DIR, 'links.json')
const SYSTEM_CONTAINERD = '/run/containerd/containerd.sock'
const READY_LIMIT_MS = 90_000
const STOP_LIMIT_MS = 60_000
const BRIDGES = ['docker0', 'docker_gwbridge']
const SYSTEM_PATH = `${process.env['PATH'] ?? '/usr/bin:/bin'}:/usr/sbin:/sbin`

/** The process of the lab's own engine, if it runs. */
export async function ownEngine(): Promise<number | undefined> {
  return runningPid(PID_FILE, 'dockerd')
}

/** Whether the lab has an engine of its own, running or killed. */
export function ownEngineExists(): Promise<boolean> {
  return exists(ENGINE_DIR)
}

/** Whether dockerd and what it needs are there already. */
export async function engineIsInstalled(): Promise<boolean> {
  const found = await Promise.all(['dockerd', 'iptables', 'docker'].map(installed))
  return found.every(Boolean)
}

/**
 * Starts the lab's own engine, also on what a killed one left behind: stale pid files and sockets go, containers that
 * outlived it are stopped by dockerd itself, and its swarm and stacks come up again.
 */
export async function startOwnEngine(log: Log): Promise<void> {
  await install(log)
  log('starting dockerd')
  await mkdir(ENGINE_DIR, { recursive: true })
  // One that runs and that nobody can reach has lost its socket.
  await stop()
  await dropStale()
  await rememberLinks()
  const out = openSync(LOG_FILE, 'a')
  const folders = ['--data-root', join(ENGINE_DIR, 'data'), '--exec-root', EXEC_DIR]
  const child = spawn('dockerd', [...folders, '--pidfile', PID_FILE, '--host', OWN_HOST], {
    cwd: '/',
    detached: true,
    stdio: ['ignore', out, out],
    env: { ...process.env, PATH: SYSTEM_PATH },
  })
  child.on('error', error => {
    log(`dockerd: ${error.message}`)
  })
  child.unref()
  const until = Date.now() + READY_LIMIT_MS
  const docker = dockerAt(OWN_HOST)
  while (!(await succeeds(docker, ['version', '--format', '{{.Server.Version}}']))) {
    if (Date.now() > until || child.exitCode !== null)
      throw new Error(`Cannot start dockerd: see "${LOG_FILE}"`)
    await sleep(100)
  }
}

/** Stops the lab's own engine and removes its data and its bridges. */
export async function removeOwnEngine(): Promise<void> {
  await stop()
  await unmountBelow([ENGINE_DIR, EXEC_DIR])
  for (const link of await readJson<string[]>(LINKS_FILE, []))
    await execa('ip', ['link', 'delete', link], { env: { PATH: SYSTEM_PATH }, reject: false })
  await rm(EXEC_DIR, { recursive: true, force: true })
  await rm(ENGINE_DIR, { recursive: true, force: true })
}

async function stop(): Promise<void> {
  const pid = await ownEngine()
  if (pid === undefined) return
  process.kill(pid, 'SIGTERM')
  const until = Date.now() + STOP_LIMIT_MS
  while ((await ownEngine()) !== undefined && Date.now() < until) await sleep(50)
  if ((await ownEngine()) !== undefined) process.kill(pid, 'SIGKILL')
}

async function install(log: Log): Promise<void> {
  if (!isRoot)
    throw new Error(
      'Cannot start a Docker engine: only root can; start one yourself or set DOCKER_HOST',
    )
  if (await engineIsInstalled()) return
  log('installing the packages docker.io and iptables')
  await execa('apt-get', ['update', '-qq'])
  const args = ['install', '-y', '-qq', '--no-install-recommends', 'docker.io', 'iptables']
  // Runlevel 1: the package must not start a service, the lab starts its own.
  await execa('apt-get', args, {
    env: { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
    stdin: 'ignore',
  })
}

/**
 * dockerd trusts a pid file as long as any process has that number, and would in the end kill the one in containerd's;
 * a socket of a containerd that is gone makes it wait for ever.
 */
async function dropStale(): Promise<void> {
  if ((await ownEngine()) === undefined) await rm(PID_FILE, { force: true })
  const containerd = join(EXEC_DIR, 'containerd/containerd.pid')
  if ((await runningPid(containerd, 'containerd')) === undefined)
    await rm(containerd, { force: true })
  if (await refuses(SYSTEM_CONTAINERD)) await rm(SYSTEM_CONTAINERD, { force: true })
}

/** The bridges that are not there yet are dockerd's to make and ours to remove. */
async function rememberLinks(): Promise<void> {
  if (await exists(LINKS_FILE)) return
  const there = await Promise.all(BRIDGES.map(name => exists(`/sys/class/net/${name}`)))
  const links = BRIDGES.filter((_, index) => there[index] === false)
  await writeWhole(LINKS_FILE, JSON.stringify(links))
}

async function unmountBelow(folders: readonly string[]): Promise<void> {
  const mounts = await readFile('/proc/mounts', 'utf8')
  const points = mounts
    .split('\n')
    .map(line => line.split(' ')[1] ?? '')
    .filter(point => folders.some(folder => point.startsWith(`${folder}/`)))
  for (const point of points.reverse()) await execa('umount', ['--lazy', point], { reject: false })
}

async function runningPid(file: string, program: string): Promise<number | undefined> {
  const pid = Number(await readFile(file, 'utf8').catch(() => ''))
  if (!(pid > 0)) return undefined
  const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')
  return name.trim() === program ? pid : undefined
}

function refuses(path: string): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(path)
    socket.on('connect', () => {
      socket.destroy()
      resolve(false)
    })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code === 'ECONNREFUSED')
    })
  })
}

async function installed(program: string): Promise<boolean> {
  const script = 'command -v "$1"'
  const { exitCode } = await execa('sh', ['-c', script, 'installed', program], {
    env: { PATH: SYSTEM_PATH },
    reject: false,
  })
  return exitCode === 0
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined
}
