import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'

/** The environment of a started program: ours without what tap and Node add, plus what the case wants. */
export function plainEnv(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env
  return { PATH, HOME, ...extra }
}

export type Ended = { readonly code: number | null; readonly signal: string | null }

export type Started = {
  readonly pid: number
  readonly child: ChildProcess
  /** Resolves with its exit; does not wait for whoever else holds its output. */
  readonly ended: Promise<Ended>
  /** Resolves when nobody holds its output any more. */
  readonly read: Promise<void>
  readonly output: () => string
}

/** Starts a program as the CI runner does: no group of its own, nothing on stdin. Killed when the test ends. */
export function start(
  t: Test,
  argv: readonly [string, ...string[]],
  env: Readonly<Record<string, string>> = {},
): Started {
  const [file, ...args] = argv
  const child = spawn(file, args, { env: plainEnv(env), stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      resolve({ code, signal })
    })
  })
  const read = new Promise<void>(resolve => {
    child.once('close', () => {
      resolve()
    })
  })
  t.teardown(() => {
    child.kill('SIGKILL')
    child.stdout.destroy()
    child.stderr.destroy()
  })
  return { pid: child.pid ?? -1, child, ended, read, output: () => output }
}

type Probed<T> = T | undefined | false

/** Waits until `probe` gives something, and returns it. The bound is a guard rail, not a measure. */
export async function until<T>(
  probe: () => Probed<T> | Promise<Probed<T>>,
  what: string,
  ms = 20_000,
): Promise<T> {
  for (const end = Date.now() + ms; Date.now() < end;) {
    const found = await probe()
    if (found !== undefined && found !== false) return found
    await sleep(5)
  }
  throw new Error(`Waited ${ms} ms in vain for: ${what}`)
}

/** The lines that a harness noted, oldest first. */
export function journalOf(path: string): string[] {
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : []
}

/** Waits for a line of a journal that starts with `start`. */
export function noted(path: string, start: string): Promise<string> {
  return until(() => journalOf(path).find(line => line.startsWith(start)), `"${start}" in ${path}`)
}

/** The pid of the harness that keeps this journal. */
export async function harnessPid(journal: string): Promise<number> {
  return Number((await noted(journal, 'started ')).split(' ')[1])
}

/** Running, and no zombie: those are dead, only not yet buried. */
export function isAlive(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

/** The living children of a process. */
export function childrenOf(pid: number): number[] {
  const pids = readdirSync('/proc').filter(entry => /^\d+$/.test(entry))
  return pids.map(Number).filter(child => isAlive(child) && parentOf(child) === pid)
}

/** Its children, theirs, and so on. */
export function descendantsOf(pid: number): number[] {
  return childrenOf(pid).flatMap(child => [child, ...descendantsOf(child)])
}

function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return Number(stat.slice(stat.lastIndexOf(')')).split(' ')[2])
  } catch {
    return undefined
  }
}

/** Whether another process has the file open. */
export function isOpen(path: string): boolean {
  const pids = readdirSync('/proc').filter(entry => /^\d+$/.test(entry))
  return pids.some(pid => pid !== String(process.pid) && hasOpen(pid, path))
}

function hasOpen(pid: string, path: string): boolean {
  try {
    const folder = `/proc/${pid}/fd`
    return readdirSync(folder).some(fd => readlinkSync(join(folder, fd)) === path)
  } catch {
    return false // it has ended, or closed something, meanwhile
  }
}

/** A signal to a process that may be gone already. */
export function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}

/** The living processes with this MARK in their environment: all that a case has started, wherever they hide. */
function marked(mark: string): number[] {
  return readdirSync('/proc')
    .filter(entry => /^\d+$/.test(entry))
    .map(Number)
    .filter(pid => isAlive(pid) && environmentOf(pid).includes(`MARK=${mark}`))
}

function environmentOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
  } catch {
    return []
  }
}

/** Waits until no process with this mark is left. */
export async function nothingLeft(mark: string): Promise<void> {
  await until(() => marked(mark).length === 0, `the end of all that is marked ${mark}`)
}

/** SIGKILLs what is left of a case, so that a red one leaves nothing behind. */
export function killMarked(mark: string): void {
  for (const pid of marked(mark)) send(pid, 'SIGKILL')
}

/** Whether the long forms run: RECIPE_CI_SOAK=1. */
export const SOAK = process.env['RECIPE_CI_SOAK'] === '1'
