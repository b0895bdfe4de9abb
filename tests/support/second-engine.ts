import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'
import { dockerAt, succeeds, type Docker } from '../lab/docker.js'

/** A Docker engine of a test's own, in a network of its own: without swarm, networks, images. */
export type SecondEngine = AsyncDisposable & {
  readonly host: string
  readonly docker: Docker
  /** Where everything of it lies. */
  readonly dir: string
}

const READY_LIMIT_MS = 90_000
const SYSTEM_PATH = `${process.env['PATH'] ?? '/usr/bin:/bin'}:/usr/sbin:/sbin`

/** @param disk size of a disk of its own, such as `128m` */
export async function startSecondEngine(disk?: string): Promise<SecondEngine> {
  const dir = await mkdtemp(join(tmpdir(), 'recipe-ci-engine-'))
  if (disk !== undefined) await execa('mount', ['-t', 'tmpfs', '-o', `size=${disk}`, 'small', dir])
  const host = `unix://${join(dir, 'docker.sock')}`
  const options = [
    ...['--host', host, '--data-root', join(dir, 'data'), '--exec-root', join(dir, 'exec')],
    ...['--pidfile', join(dir, 'pid'), '--storage-driver', 'vfs'],
  ]
  const script = 'ip link set lo up; exec dockerd "$@"'
  const child = spawn('unshare', ['--net', 'sh', '-c', script, 'sh', ...options], {
    stdio: 'ignore',
    env: { ...process.env, PATH: SYSTEM_PATH },
  })
  // A test's end is seen when its loop has nothing left to wait for, and the engine is taken down after that.
  child.unref()
  const ended = once(child, 'exit')
  const docker = dockerAt(host)
  const until = Date.now() + READY_LIMIT_MS
  while (!(await succeeds(docker, ['version']))) {
    if (Date.now() > until || child.exitCode !== null) throw new Error('dockerd did not start')
    await sleep(100)
  }
  return {
    host,
    docker,
    dir,
    [Symbol.asyncDispose]: async () => {
      child.ref()
      child.kill('SIGTERM')
      await ended
      await execa('umount', ['--recursive', '--lazy', dir], { reject: false })
      await rm(dir, { recursive: true, force: true })
    },
  }
}
