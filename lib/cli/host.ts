import type { Reached } from '../domain/crash-points.js'
import type { Env } from '../domain/env.js'
import type { Lifetime } from '../lifetime/lifetime.js'

/** The process a command runs in: what the composition of a command may use of it. */
export type Host = {
  readonly lifetime: Lifetime
  /** What the process was started with, frozen. */
  readonly env: Env
  readonly pid: number
  /** The folder that holds package.json. */
  readonly installDir: string
  readonly version: string
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  /** From now on whatever the exit door says passes through `mask`. */
  readonly maskWith: (mask: (text: string) => string) => void
  /** What comes past a crash point says so here. */
  readonly reached: Reached
}
