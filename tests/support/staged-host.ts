import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { createServer, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { stackOf, type AppDomain } from '../../lib/domain/names.js'
import { RULES } from '../../lib/janitor/decide.js'
import { AppLock, appLockName } from '../../lib/lock/app-lock.js'
import { connectEngine } from '../../lib/swarm/engine.js'
import { startActor } from './actors.js'
import { isOpen, until } from './lives/processes.js'
import { CLI } from './run-cli.js'
import { addVolume, newDomain, SUFFIX } from './tiny-stack.js'

const HOUR = 3_600_000
/** One needs a host without a lock folder, the other the time limit of a run's own sweep. */
const ELSEWHERE = ['lock-dir-missing', 'not-probed']
const ORPHANS = ['uncounted', 'reboot', 'orphan']
const LOCKFILES = ['replaced', 'stale', 'orphan', 'uncounted']
const HELD = ['live', 'overdue']
const CANONICAL = `warm-facade.${SUFFIX}`

/** The rows of the decision table that one sweep by hand can come to all at once. */
export const ROWS = RULES.map(({ row }) => row).filter(row => !ELSEWHERE.includes(row))

export type StagedHost = {
  readonly dir: string
  readonly lockDir: string
  readonly env: Readonly<Record<string, string>>
  /** The row that each suspect is staged for. */
  readonly expected: Readonly<Record<string, string>>
  /** The suspect whose lockfile is to be replaced under the janitor. */
  readonly replaced: AppDomain
  readonly lockfiles: readonly string[]
}

/** One suspect for each row, on the real engine, with folders of their own. */
export async function stageHost(t: Test): Promise<StagedHost> {
  const dir = mkdtempSync(join(tmpdir(), 'recipe-ci-host-'))
  const domains = new Map(ROWS.map(row => [row, newDomain()]))
  const of = (row: string) => domains.get(row) ?? newDomain()
  const lockDir = join(dir, 'locks')
  for (const folder of ['locks', 'state/leases', 'runs', 'abra/servers'])
    mkdirSync(join(dir, folder), { recursive: true })
  t.teardown(() => {
    rmSync(dir, { recursive: true, force: true })
  })
  await addOrphans(t, [CANONICAL, ...ORPHANS.map(of)])
  addLeases(join(dir, 'state/leases'), of)
  await addLocks(t, lockDir, of)
  const env = {
    CCCI_DOMAIN: SUFFIX,
    CCCI_APP_LOCK_DIR: lockDir,
    CCCI_STATE_DIR: join(dir, 'state'),
    CCCI_RUNS_DIR: join(dir, 'runs'),
    ABRA_DIR: join(dir, 'abra'),
    DOCKER_HOST: await mutedEngine(t, join(dir, 'docker.sock'), stackOf(of('uncounted'))),
  }
  const named = ROWS.map(row => [row === 'protected' ? CANONICAL : of(row), row] as const)
  const expected = Object.fromEntries(named)
  return { dir, lockDir, env, expected, replaced: of('replaced'), lockfiles: readdirSync(lockDir) }
}

/** What sticks out of a host first: a volume of each app. */
async function addOrphans(t: Test, domains: readonly string[]): Promise<void> {
  const engine = await connectEngine(process.env)
  const volumes = domains.map(domain => `${domain.replaceAll('.', '_')}_data`)
  t.teardown(async () => {
    for (const volume of volumes) await engine.remove(`/volumes/${volume}`)
    engine.close()
  })
  for (const volume of volumes) await addVolume(engine, volume)
}

type Of = (row: string) => AppDomain

function addLeases(folder: string, of: Of): void {
  const until = Math.ceil((Date.now() + 2 * HOUR) / 1000)
  writeFileSync(join(folder, `${of('leased')}.json`), JSON.stringify({ runId: 'kept-1', until }))
  writeFileSync(join(folder, `${of('lease-unreadable')}.json`), '{"runId":')
}

async function addLocks(t: Test, lockDir: string, of: Of): Promise<void> {
  const path = (row: string) => join(lockDir, appLockName(of(row)))
  mkdirSync(path('lock-unreadable'))
  for (const row of LOCKFILES) writeFileSync(path(row), '')
  for (const row of HELD) {
    const run = startActor(t, 'lock-actor.ts', ['hold', lockDir, of(row)])
    await run.said('lock.acquired')
  }
  const then = new Date(Date.now() - 3 * HOUR)
  utimesSync(path('overdue'), then, then)
}

/** The real engine behind a socket of its own that fails one question: which tasks a certain stack has. */
async function mutedEngine(t: Test, socket: string, stack: string): Promise<string> {
  const real = (process.env['DOCKER_HOST'] ?? '').replace(/^unix:\/\//, '')
  const socketPath = real === '' ? '/var/run/docker.sock' : real
  const server = createServer(({ url = '', method, headers }, answer) => {
    if (url.includes('/tasks') && url.includes(stack)) {
      answer.writeHead(500, { 'content-type': 'application/json' })
      answer.end('{"message":"rpc error: the swarm does not have a leader"}')
      return
    }
    const passed = request({ socketPath, method, path: url, headers }, response => {
      answer.writeHead(response.statusCode ?? 500, response.headers)
      response.pipe(answer)
    })
    passed.on('error', error => answer.destroy(error))
    passed.end()
  })
  await new Promise<void>(resolve => server.listen(socket, resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return `unix://${socket}`
}

/** Runs the program while the kernel holds back its flock on one lockfile, which a newer run replaces meanwhile. */
export async function sweepWhileReplaced(
  { env, lockDir, replaced, dir }: StagedHost,
  words: readonly string[],
): Promise<string> {
  const path = join(lockDir, appLockName(replaced))
  const delay = ['-e', 'trace=flock', '-e', 'inject=flock:delay_enter=3000000', '-P', path]
  const argv = ['--seccomp-bpf', '-f', '-qq', '-o', join(dir, 'trace'), ...delay, CLI, ...words]
  const { PATH = '', HOME = '' } = process.env
  const child = spawn('strace', argv, { env: { PATH, HOME, ...env } })
  let said = ''
  let over = false
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const ended = new Promise<void>(resolve => {
    child.on('close', () => {
      over = true
      resolve()
    })
  })
  await until(() => over || isOpen(path), 'the open lockfile')
  await rm(path)
  const newer = AppLock.probe(lockDir, replaced, { create: true, touch: true })
  await ended
  if (newer.outcome === 'won') newer.lock.release()
  else said += `the newer run did not get its lock: ${newer.outcome}`
  return said
}
