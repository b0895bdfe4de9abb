import { readdirSync, readFileSync } from 'node:fs'

/** Kills what still runs a program of a folder, which is ours alone. */
export function killStartedFrom(dir: string): void {
  for (const pid of readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
    if (Number(pid) === process.pid || !commandOf(pid).includes(`${dir}/`)) continue
    try {
      process.kill(Number(pid), 'SIGKILL')
    } catch {
      // It is gone by itself.
    }
  }
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}
