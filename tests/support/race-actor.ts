/**
 * One side of a race between runs and janitors over one domain: `run <dir> <ms> <domain>` takes the lock again and again,
 * makes its app, looks a moment later whether it is still there, and then removes it or, every other time, leaves it as
 * the orphan of a crash. `janitor <dir>` sweeps all the time, until it is told anything; it begins with `{ type: 'sweeping' }`. Both end with `{ type: 'counted', … }`.
 */
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { AppDomain } from '../../lib/domain/names.js'
import { sweep } from '../../lib/janitor/sweep.js'
import { AppLock } from '../../lib/lock/app-lock.js'
import { fileWorld, SUFFIX } from './file-world.js'
import { realRunner } from './runner.js'

const [job, dir = '', millis = '0', domain = ''] = process.argv.slice(2)
const until = Date.now() + Number(millis)
const quiet = (): undefined => undefined
const signal = new AbortController().signal
const lockDir = join(dir, 'locks')
/** How long an orphan lies there before the next run comes. */
const ORPHAN_MS = 20
/** However slow the host: fewer would race with nobody. */
const LEAST_TURNS = 20

async function runs(): Promise<Record<string, number>> {
  let [turns, violations] = [0, 0]
  const app = join(dir, 'apps', domain)
  const note = { run_id: `run-${process.pid}`, pid: process.pid, started: new Date().toISOString() }
  const wait = { run: await realRunner(), env: process.env, signal, waitMs: 60_000 }
  for (; Date.now() < until || turns < LEAST_TURNS; turns += 1) {
    const lock = await AppLock.acquire(lockDir, domain as AppDomain, {
      ...wait,
      note,
      emit: quiet,
    })
    writeFileSync(app, '')
    await sleep(turns % 7)
    if (!existsSync(app)) violations += 1
    if (turns % 2 === 0) {
      rmSync(app, { force: true })
      lock.unlink()
    }
    lock.release()
    await sleep(turns % 2 === 0 ? turns % 5 : ORPHAN_MS)
  }
  return { turns, violations }
}

async function sweeps(): Promise<Record<string, number>> {
  let [turns, told] = [0, false]
  process.once('message', () => (told = true))
  process.send?.({ type: 'sweeping' })
  for (; !told; turns += 1) {
    await sweep({
      ...{ suffix: SUFFIX, lockDir, stateDir: join(dir, 'state'), deadlineMs: 3_600_000 },
      ...{ world: fileWorld(dir), dryRun: false, runId: 'janitor', pid: process.pid },
      ...{ emit: quiet, now: () => new Date(), signal },
    })
    await sleep(1)
  }
  return { turns }
}

const counted = job === 'run' ? await runs() : await sweeps()
process.send?.({ type: 'counted', ...counted })
process.disconnect()
