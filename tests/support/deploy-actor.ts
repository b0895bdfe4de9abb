/**
 * A run that is about to be killed: `<lock dir> <domain> <edge network>`. Takes the lock, then asks for a minimal app and
 * never takes it down. Tells its parent `lock.acquired` and `sent`.
 */
import type { AppDomain } from '../../lib/domain/names.js'
import { AppLock } from '../../lib/lock/app-lock.js'
import { connectEngine } from '../../lib/swarm/engine.js'
import { realRunner } from './runner.js'
import { sendTiny } from './tiny-stack.js'

const say = (message: unknown) => process.send?.(message)
const [lockDir = '', domain = '', edge = ''] = process.argv.slice(2)

const engine = await connectEngine(process.env)
await AppLock.acquire(lockDir, domain as AppDomain, {
  run: await realRunner(),
  env: process.env,
  signal: new AbortController().signal,
  waitMs: 60_000,
  note: { run_id: 'killed', pid: process.pid, started: new Date().toISOString() },
  emit: say,
})
await sendTiny({ engine, domain: domain as AppDomain }, edge)
say({ type: 'sent' })
setInterval(() => undefined, 60_000)
