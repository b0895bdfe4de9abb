import { openSync } from 'node:fs'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { spawn } from 'node:child_process'
import { execa } from 'execa'
import { dockerAt, succeeds } from './docker.js'
import { LABS_DIR } from './places.js'

/** A Docker engine of the lab's own lives below this folder: data, sockets, pid file, log. */
const ENGINE_DIR = join(LABS_DIR, 'engine')
const SOCKET = `unix://${join(ENGINE_DIR, 'docker.sock')}`
const PID_FILE = join(ENGINE_DIR, 'docker.pid')
const READY_LIMIT_MS = 90_000

export type LabEngine = {
  /** For DOCKER_HOST; empty: docker's own default. */
  readonly host: string
  /** Whether the lab started it, and so has to stop it. */
  readonly own: boolean
}

/** Finds an engine that answers: DOCKER_HOST or docker's default, the lab's own; else installs and starts one. */
export async function reachEngine(log: (line: string) => void): Promise<LabEngine> {
  const given = process.env['DOCKER_HOST'] ?? ''
  if (await replies(SOCKET)) return { host: SOCKET, own: true }
  if (await replies(given)) return { host: given, own: false }
  if (given !== '') throw new Error(`Cannot reach the Docker engine at DOCKER_HOST "${given}"`)
  if (!(await installed('dockerd')) || !(await installed('iptables'))) await install(log)
  await start(log)
  return { host: SOCKET, own: true }
}

/** Stops the lab's own engine and waits until it is gone. */
export async function stopOwnEngine(): Promise<void> {
  const pid = await pidOf()
  if (pid === undefined) return
  process.kill(pid, 'SIGTERM')
  for (let waited = 0; waited < 300 && (await isDockerd(pid)); waited++) await sleep(100)
  if (await isDockerd(pid)) process.kill(pid, 'SIGKILL')
}

function replies(host: string): Promise<boolean> {
  return succeeds(dockerAt(host), ['version', '--format', '{{.Server.Version}}'])
}

async function installed(program: string): Promise<boolean> {
  const { exitCode } = await execa(
    'sh',
    ['-c', `PATH=$PATH:/usr/sbin:/sbin; command -v ${program}`],
    {
      reject: false,
    },
  )
  return exitCode === 0
}

async function install(log: (line: string) => void): Promise<void> {
  if (process.getuid?.() !== 0)
    throw new Error(
      'No Docker engine answers: start one, or run this as root so that it can install docker.io',
    )
  log('installing docker.io and iptables')
  await execa('apt-get', ['update', '-qq'])
  const args = ['install', '-y', '-qq', '--no-install-recommends', 'docker.io', 'iptables']
  const env = { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }
  await execa('apt-get', args, { env, stdin: 'ignore' })
}

/** Works on the data folder of an engine that was killed: a stale pid file is dropped, old stacks come up again. */
async function start(log: (line: string) => void): Promise<void> {
  log(`starting a Docker engine of the lab's own below ${ENGINE_DIR}`)
  await mkdir(ENGINE_DIR, { recursive: true })
  if ((await pidOf()) === undefined) await rm(PID_FILE, { force: true })
  const out = openSync(join(ENGINE_DIR, 'dockerd.log'), 'a')
  const args = ['--data-root', join(ENGINE_DIR, 'data'), '--exec-root', join(ENGINE_DIR, 'run')]
  const child = spawn('dockerd', [...args, '--pidfile', PID_FILE, '--host', SOCKET], {
    detached: true,
    stdio: ['ignore', out, out],
    env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` },
  })
  child.unref()
  const until = Date.now() + READY_LIMIT_MS
  while (!(await replies(SOCKET))) {
    if (Date.now() > until || child.exitCode !== null)
      throw new Error(`Cannot start dockerd: see ${join(ENGINE_DIR, 'dockerd.log')}`)
    await sleep(200)
  }
}

async function pidOf(): Promise<number | undefined> {
  const pid = Number(await readFile(PID_FILE, 'utf8').catch(() => ''))
  return pid > 0 && (await isDockerd(pid)) ? pid : undefined
}

async function isDockerd(pid: number): Promise<boolean> {
  const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')
  return name.trim() === 'dockerd'
}
