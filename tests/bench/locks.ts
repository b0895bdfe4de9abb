import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { FileLock } from '../../lib/lock/file-lock.js'
import type { Place } from './place.js'
import type { Figure } from './table.js'

const HAND_OFFS = 100
const PROBES = 10_000

/** From the release of a lock in this process to its being held in another one that waited for it. */
export async function handOff({ env }: Place): Promise<Figure> {
  await using folder = await scratch()
  const path = join(folder.path, 'handed.lock')
  const waiter = fork(new URL('lock-waiter.ts', import.meta.url), [path], {
    execArgv: ['--import', 'tsx'],
    env,
  })
  await once(waiter, 'message')
  const tookMs: number[] = []
  for (let turn = 0; turn < HAND_OFFS; turn++) tookMs.push(await oneHandOff(path, waiter))
  waiter.disconnect()
  await once(waiter, 'exit')
  const how = `${HAND_OFFS} times from release to acquired in another process, by flock on its own descriptor`
  return { what: 'lock hand-off', how, figureMs: tookMs, limitMs: 1, more: [spread(tookMs)] }
}

async function oneHandOff(path: string, waiter: ChildProcess): Promise<number> {
  const probed = FileLock.probe(path, { create: true, touch: true })
  if (probed.outcome !== 'won') throw new Error(`The lock was not free: ${probed.outcome}`)
  waiter.send('wait')
  await queued(path)
  const said = once(waiter, 'message') as Promise<[string]>
  const releasedAt = process.hrtime.bigint()
  probed.lock.release()
  const [acquiredAt] = await said
  waiter.send('release')
  await once(waiter, 'message')
  return Number(BigInt(acquiredAt) - releasedAt) / 1e6
}

/** Resolved once somebody is queued in the kernel for the lock of a file. */
async function queued(path: string): Promise<void> {
  const { ino } = await stat(path)
  for (;;) {
    const lines = (await readFile('/proc/locks', 'utf8')).split('\n')
    if (lines.some(line => line.includes('->') && line.includes(`:${ino} `))) return
    await sleep(2)
  }
}

/** Opening a lockfile, the non-blocking flock and the comparison of inodes: what a janitor does for each. */
export async function probing(): Promise<Figure> {
  await using folder = await scratch()
  const path = join(folder.path, 'probed.lock')
  const tookMs: number[] = []
  for (let turn = 0; turn < PROBES; turn++) {
    const startedAt = performance.now()
    const probed = FileLock.probe(path, { create: true, touch: false })
    tookMs.push(performance.now() - startedAt)
    if (probed.outcome === 'won') probed.lock.release()
  }
  const how = `${PROBES} times open, flock and inode check, in one process`
  return { what: 'lock probe', how, figureMs: tookMs, limitMs: 0.05, more: [spread(tookMs)] }
}

export function spread(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number): string =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(3)
  return `p50 ${at(0.5)}, p90 ${at(0.9)}, p99 ${at(0.99)}, most ${at(1)} ms`
}

async function scratch(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'recipe-ci-bench-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}
