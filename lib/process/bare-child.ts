import { spawn } from 'node:child_process'
import { open } from 'node:fs/promises'
import type { Env } from '../domain/env.js'
import type { Command } from './guard.js'

export type BareRequest = {
  readonly argv: Command
  readonly env: Env
  readonly cwd: string
  /** Both streams are appended to it; undefined: they are ours. */
  readonly logFile?: string
}

export type BareEnd = { readonly exitCode: number | null; readonly signal: string | null }

/** A child without a guard: who looks for what a killed program leaves behind must not clean up after it. */
export type BareChild = {
  readonly pid: number | undefined
  /** Rejects when it can not be started. */
  readonly ended: Promise<BareEnd>
  readonly kill: (signal: NodeJS.Signals) => void
}

/** Starts a program as leader of a session of its own: what a terminal sends to us does not reach it. */
export async function startBare({ argv, env, cwd, logFile }: BareRequest): Promise<BareChild> {
  const [file, ...args] = argv
  await using log = logFile === undefined ? undefined : await open(logFile, 'a')
  const output = log?.fd ?? 'inherit'
  const child = spawn(file, args, {
    ...{ env: { ...env }, cwd, detached: true },
    stdio: ['ignore', output, output],
  })
  const ended = new Promise<BareEnd>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (exitCode, signal) => {
      resolve({ exitCode, signal })
    })
  })
  ended.catch(() => undefined)
  return { pid: child.pid, ended, kill: signal => child.kill(signal) }
}
