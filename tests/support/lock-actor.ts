/**
 * A process that uses the app lock as a run does, for tests that kill it or race it. Reports by messages to its parent:
 * `{ type: 'lock.waiting' | 'lock.acquired' | … }` as emitted, then `{ type: 'done' }`. Ends when told `release`.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, unlinkSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import type { AppDomain } from '../../lib/domain/names.js'
import { AppLock } from '../../lib/lock/app-lock.js'
import { FileLock } from '../../lib/lock/file-lock.js'
import { waitByFlock } from '../../lib/lock/flock-wait.js'
import { realRunner } from './runner.js'

const say = (message: unknown) => process.send?.(message)
const [job, lockDir = '', domain = '', millis = '0'] = process.argv.slice(2)
const wait = {
  run: await realRunner(),
  env: process.env,
  signal: new AbortController().signal,
  waitMs: 60_000,
}

async function hold(): Promise<void> {
  const note = { run_id: `run-${process.pid}`, pid: process.pid, started: new Date().toISOString() }
  await AppLock.acquire(lockDir, domain as AppDomain, { ...wait, note, emit: say })
  if (job === 'hold-beside') {
    // No guard: it outlives us.
    const child = spawn('sleep', ['60'], { stdio: 'ignore', detached: true })
    say({ type: 'child', child: child.pid })
  }
  await once(process, 'message')
}

/**
 * Takes and unlinks one lock again and again, every other process spinning instead of waiting: many more meetings.
 * A marker made with O_EXCL shows whether another is inside.
 */
async function contend(): Promise<void> {
  const path = `${lockDir}/raced.lock`
  const until = Date.now() + Number(millis)
  let [won, violations] = [0, 0]
  while (Date.now() < until) {
    const lock = process.pid % 2 === 0 ? await spin(path, until) : await queue(path)
    if (lock === undefined) break
    won += 1
    violations += enter(`${lockDir}/inside`) ? 0 : 1
    leave(`${lockDir}/inside`)
    lock.unlink()
    lock.release()
  }
  say({ type: 'counted', won, violations })
}

async function queue(path: string): Promise<FileLock> {
  return await FileLock.acquire(path, {
    signal: wait.signal,
    announce: () => undefined,
    wait: fd => waitByFlock(path, fd, wait),
  })
}

async function spin(path: string, until: number): Promise<FileLock | undefined> {
  for (let tries = 1; Date.now() < until; tries += 1) {
    const probed = FileLock.probe(path, { create: true, touch: true })
    if (probed.outcome === 'won') return probed.lock
    if (tries % 100 === 0) await setImmediate()
  }
  return undefined
}

function enter(marker: string): boolean {
  try {
    closeSync(openSync(marker, 'wx'))
    return true
  } catch {
    return false
  }
}

function leave(marker: string): void {
  try {
    unlinkSync(marker)
  } catch {
    // Another one was inside too: counted by its enter.
  }
}

if (job === 'contend') await contend()
else await hold()
say({ type: 'done' })
process.disconnect()
