/**
 * One sweep over the apps of a folder in a process of its own: `<dir> <ms that each removal takes>`. Tells its parent
 * what it emits, then `{ type: 'swept', rows }`.
 */
import { join } from 'node:path'
import { sweep } from '../../lib/janitor/sweep.js'
import { fileWorld, SUFFIX } from './file-world.js'

const say = (message: unknown) => process.send?.(message)
const [dir = '', slowMs = '0'] = process.argv.slice(2)

const rows = await sweep({
  suffix: SUFFIX,
  lockDir: join(dir, 'locks'),
  stateDir: join(dir, 'state'),
  deadlineMs: 3_600_000,
  world: fileWorld(dir, Number(slowMs)),
  dryRun: false,
  runId: `janitor-${process.pid}`,
  pid: process.pid,
  emit: say,
  now: () => new Date(),
  signal: new AbortController().signal,
})
say({ type: 'swept', rows })
if (process.connected) process.disconnect()
