import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

export type Sample = {
  readonly ms: number
  readonly exitCode: number | null
  /** CPU of the process itself, seconds, to the nearest look at it. */
  readonly ownCpu: number
  /** CPU of the process and of all its children that ended, seconds. */
  readonly allCpu: number
  /** Peak resident memory of the process itself. */
  readonly peakMb: number
}

export type Command = {
  readonly argv: readonly [string, ...string[]]
  readonly env: NodeJS.ProcessEnv
  readonly cwd?: string
  /** Where its output goes: a file descriptor. */
  readonly output?: number
}

const LOOK_MS = 50
const TICKS_PER_SECOND = 100

/** Runs a command to its end, looking at its memory and CPU as it goes. */
export async function measure({ argv, env, cwd = '/', output }: Command): Promise<Sample> {
  const [program, ...words] = argv
  const out = output ?? 'ignore'
  const startedAt = performance.now()
  const child = spawn(program, words, { env, cwd, stdio: ['ignore', out, out] })
  const ended = once(child, 'exit') as Promise<[number | null]>
  const peak = { ownCpu: 0, allCpu: 0, peakMb: 0 }
  const over = new AbortController()
  const watching = watch(child.pid ?? 0, peak, over.signal)
  const [exitCode] = await ended
  const ms = performance.now() - startedAt
  over.abort()
  await watching
  return { ms, exitCode, ...peak }
}

/** Only the time to its end: nobody looks at it meanwhile. */
export async function stopwatch({ argv, env, cwd = '/' }: Command): Promise<number> {
  const [program, ...words] = argv
  const startedAt = performance.now()
  await once(spawn(program, words, { env, cwd, stdio: 'ignore' }), 'exit')
  return performance.now() - startedAt
}

type Peak = { ownCpu: number; allCpu: number; peakMb: number }

async function watch(pid: number, peak: Peak, over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    await look(pid, peak)
    await sleep(LOOK_MS, undefined, { signal: over }).catch(() => undefined)
  }
}

/** A process that has just ended has nothing to say any more. */
async function look(pid: number, peak: Peak): Promise<void> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const ticks = [11, 12, 13, 14].map(field => Number(fields[field]))
    const [user = 0, system = 0, theirUser = 0, theirSystem = 0] = ticks
    peak.ownCpu = (user + system) / TICKS_PER_SECOND
    peak.allCpu = (user + system + theirUser + theirSystem) / TICKS_PER_SECOND
    const status = await readFile(`/proc/${pid}/status`, 'utf8')
    const kilobytes = Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0)
    peak.peakMb = Math.max(peak.peakMb, kilobytes / 1024)
  } catch {
    // It ended between two looks.
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2
}
