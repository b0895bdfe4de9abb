import { appendFileSync } from 'node:fs'
import process from 'node:process'

/**
 * One line when a call begins and one when it ends, in the file `$ABRA_STANDIN_JOURNAL`. A call that was killed by
 * SIGKILL has a beginning and no end.
 */
export function openJournal() {
  const file = process.env['ABRA_STANDIN_JOURNAL']
  const startedAt = Date.now()
  const call = {
    argv: process.argv.slice(2),
    cwd: process.cwd(),
    abraDir: process.env['ABRA_DIR'] ?? null,
    pid: process.pid,
    terminal: { stdin: process.stdin.isTTY === true, stdout: process.stdout.isTTY === true },
  }
  const write = entry => file && appendFileSync(file, `${JSON.stringify({ ...entry, ...call })}\n`)
  write({ event: 'begin', at: startedAt })
  const end = facts => write({ event: 'end', at: Date.now(), ms: Date.now() - startedAt, ...facts })
  return {
    exited: exit => end({ exit, signal: null }),
    killed: signal => end({ exit: null, signal }),
  }
}
