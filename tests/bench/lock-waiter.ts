/** Waits for a lock as a run does, each time it is told to; says when it had it, by the clock that all processes share. */
import { once } from 'node:events'
import { FileLock } from '../../lib/lock/file-lock.js'
import { waitByFlock } from '../../lib/lock/flock-wait.js'
import { realRunner } from '../support/runner.js'

const [path = ''] = process.argv.slice(2)
const { signal } = new AbortController()
const wait = { run: await realRunner(), env: process.env, signal, waitMs: 60_000 }
const say = (what: string): void => void process.send?.(what)

const over = once(process, 'disconnect').then(() => undefined)
const told = (): Promise<unknown> => Promise.race([once(process, 'message'), over])
say('ready')
while ((await told()) !== undefined) {
  const lock = await FileLock.acquire(path, {
    signal,
    announce: () => undefined,
    wait: fd => waitByFlock(path, fd, wait),
  })
  say(String(process.hrtime.bigint()))
  await told()
  lock.release()
  say('released')
}
