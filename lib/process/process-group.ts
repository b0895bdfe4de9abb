import { setTimeout as sleep } from 'node:timers/promises'
import type { Guard } from './guard.js'

/** How long the guard may take to kill all descendants of a child, also those that left its group. */
const SWEEP_MS = 2_500
/** How long a SIGKILLed process may take to go. Longer means a kernel that waits for a disk. */
const KILL_MS = 5_000

export type EndedByUs = 'deadline' | 'cancelled'

type GroupOptions = {
  readonly pid: number
  readonly exited: Promise<unknown>
  readonly kind: Guard['kind']
  readonly graceMs: number
}

/** A running child with its process group, and the ladder to end it: TERM, grace, KILL for all of it. */
export class ProcessGroup {
  readonly #options: GroupOptions
  #climbing: Promise<void> | undefined
  #giveUp: () => void = () => undefined
  /** Why we ended it, the first reason; undefined while nobody did. */
  reason: EndedByUs | undefined
  /** Resolves when the ladder has come to its top, whether or not the child is gone. */
  readonly gaveUp: Promise<void>

  constructor(options: GroupOptions) {
    this.#options = options
    this.gaveUp = new Promise(resolve => {
      this.#giveUp = resolve
    })
  }

  /** Resolves when the child is gone, or when even KILL did not help. Called twice: the same ladder. */
  end(reason: EndedByUs): Promise<void> {
    this.reason ??= reason
    this.#climbing ??= this.#climb().finally(this.#giveUp)
    return this.#climbing
  }

  async #climb(): Promise<void> {
    const { pid, kind, graceMs } = this.#options
    signal(-pid, 'SIGTERM')
    if (await this.#goneWithin(graceMs)) return
    if (kind === 'native') {
      signal(pid, 'SIGUSR2')
      if (await this.#goneWithin(SWEEP_MS)) return
    }
    signal(-pid, 'SIGKILL')
    await this.#goneWithin(KILL_MS)
  }

  async #goneWithin(ms: number): Promise<boolean> {
    const stop = new AbortController()
    const gone = await Promise.race([
      this.#options.exited.then(() => true),
      sleep(ms, false, { signal: stop.signal }).catch(() => false),
    ])
    stop.abort()
    return gone
  }

  /** After the child's end: what it left in its group. The native guard has already seen to that. */
  killRest(): void {
    if (this.#options.kind === 'setpriv') signal(-this.#options.pid, 'SIGKILL')
  }
}

/** The group may be gone already: that is what we want. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
  }
}
