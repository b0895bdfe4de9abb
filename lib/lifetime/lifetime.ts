import { writeSync } from 'node:fs'
import { EXIT, type ExitCode } from '../errors.js'
import type { EndReason } from '../domain/results.js'
import type { Env } from '../domain/env.js'
import type { Watchdog } from '../process/watchdog.js'
import { leaveBy } from './exit-door.js'

/** Why a run is over before its time; `code` is what the process leaves with, whatever teardown finds. */
export type End = {
  readonly reason: EndReason
  readonly code: ExitCode
  /** What was thrown, for a bug of ours. */
  readonly error?: unknown
}

export type Notice = { readonly kind: 'received' | 'ignored'; readonly signal: string }

export type LifetimeOptions = {
  /** The pid we must not outlive, as the launcher read it; undefined: whoever is our parent now. */
  readonly expectedParent?: number | undefined
  /** Lives on without the shell that started it: neither parent death nor HUP ends it. */
  readonly detached?: boolean | undefined
  /** The pid of bin/step, if that is our parent: it makes an exit code of the backstop's KILL. */
  readonly step?: number | undefined
  /** Path of the native guard, for the deadline's backstop; undefined: there is none. */
  readonly guard?: string | undefined
}

export type Lifetime = {
  /** The run's: aborted with its End by a signal, the deadline, parent death or a bug of ours. */
  readonly signal: AbortSignal
  /** The first reason; a later one never rewrites it. */
  readonly end: () => End | undefined
  /** The hard deadline, with a backstop outside the event loop. Teardown has a budget of its own from its beginning. */
  readonly arm: (deadlineMs: number, teardownMs: number) => void
  /** From here on nothing ends the run any more: signals are told as ignored. */
  readonly beginTeardown: () => void
  /** What came before the first listener is told to it. */
  readonly onNotice: (listener: (notice: Notice) => void) => void
  /** The one exit door: flushes stdout and stderr, bounded, then ends the process. The first call decides. */
  readonly leave: (code: ExitCode) => Promise<never>
}

const SIGNALS = {
  SIGHUP: { reason: 'hangup', code: EXIT.hangup },
  SIGINT: { reason: 'interrupted', code: EXIT.interrupted },
  SIGALRM: { reason: 'overdue', code: EXIT.overdue },
  SIGTERM: { reason: 'terminated', code: EXIT.terminated },
} as const satisfies Readonly<Record<string, End>>

type SignalName = keyof typeof SIGNALS

/** How often the parent is looked at: the net below the parent-death signal. */
const PARENT_MS = 1_000
/** What teardown may take beyond its budget before we leave without its end: as much again, at most this. */
const TEARDOWN_SLACK_MS = 10_000
/** The backstop comes after our own timers: by a tenth of the deadline, at most this. */
const BACKSTOP_SLACK_MS = 5_000
/** And, in teardown, after the slowest reader that the exit door waits for: as much as the budget, at most this. */
const LEAVING_SLACK_MS = 15_000
/** How long the event loop may stay silent after the backstop's ALRM before it counts as blocked, at most. */
const ANSWER_MS = 30_000

/** What the launcher hands over in the environment. */
function lifetimeOptions(env: Env): LifetimeOptions {
  return {
    expectedParent: pidIn(env['RECIPE_CI_EXPECTED_PARENT']),
    step: pidIn(env['RECIPE_CI_STEP']),
    detached: ['1', 'true'].includes(env['RECIPE_CI_DETACHED'] ?? ''),
    guard: env['RECIPE_CI_GUARD'] === '' ? undefined : env['RECIPE_CI_GUARD'],
  }
}

function pidIn(text = ''): number | undefined {
  const pid = Number(text)
  return Number.isInteger(pid) && pid > 0 ? pid : undefined
}

/**
 * The guards, first thing in main: until they stand, a signal just ends us, and nothing exists to tear down. Leaves at
 * once with code 1 if the expected parent is gone already.
 */
export function installLifetime(
  process: NodeJS.Process,
  options: LifetimeOptions = lifetimeOptions(process.env),
): Lifetime {
  process.exitCode = EXIT.fault // guilty until the exit door says otherwise
  return new Guards(process, options)
}

class Guards implements Lifetime {
  readonly #process: NodeJS.Process
  readonly #options: LifetimeOptions
  readonly #run = new AbortController()
  readonly #untold: Notice[] = []
  #listener: ((notice: Notice) => void) | undefined
  #end: End | undefined
  #inTeardown = false
  #teardownMs: number | undefined
  #deadline: NodeJS.Timeout | undefined
  #watchdog: Watchdog | undefined
  #leaving: Promise<never> | undefined

  constructor(process: NodeJS.Process, options: LifetimeOptions) {
    this.#process = process
    this.#options = options
    this.#guardStreams()
    this.#guardSignals()
    this.#guardBugs()
    if (options.detached !== true) this.#guardParent()
  }

  get signal(): AbortSignal {
    return this.#run.signal
  }

  end = (): End | undefined => this.#end

  arm = (deadlineMs: number, teardownMs: number): void => {
    const { guard } = this.#options
    this.#teardownMs = teardownMs
    if (guard !== undefined) void this.#startWatchdog(guard, deadlineMs, teardownMs)
    if (this.#inTeardown) {
      this.#armTeardown()
      return
    }
    this.#deadline = setTimeout(() => {
      this.#begin('deadline', SIGNALS.SIGALRM)
    }, deadlineMs).unref()
  }

  beginTeardown = (): void => {
    if (this.#inTeardown) return
    this.#inTeardown = true
    clearTimeout(this.#deadline)
    this.#armTeardown()
  }

  onNotice = (listener: (notice: Notice) => void): void => {
    this.#listener = listener
    for (const notice of this.#untold.splice(0)) listener(notice)
  }

  leave = (code: ExitCode): Promise<never> => {
    this.beginTeardown()
    this.#leaving ??= leaveBy(this.#process, this.#end?.code ?? code)
    return this.#leaving
  }

  /** A reader that went away must not end a teardown. */
  #guardStreams(): void {
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream.on('error', () => undefined)
    }
  }

  #guardSignals(): void {
    for (const name of Object.keys(SIGNALS) as SignalName[]) {
      this.#process.on(name, () => {
        if (name === 'SIGHUP' && this.#options.detached === true) this.#note('ignored', name)
        else this.#begin(name, SIGNALS[name])
      })
    }
  }

  #guardBugs(): void {
    const bug = (kind: string) => (error: unknown) => {
      this.#begin(`${kind}: ${textOf(error)}`, { reason: 'fault', code: EXIT.fault, error })
    }
    this.#process.on('uncaughtException', bug('uncaught exception'))
    this.#process.on('unhandledRejection', bug('unhandled rejection'))
    // Nothing left to wait for, and nobody left by the door: a promise that can never settle.
    this.#process.once('beforeExit', () => {
      bug('stalled')(new Error('Cannot go on: the run waits for something that will never come'))
    })
  }

  #guardParent(): void {
    const { ppid } = this.#process
    const expected = this.#options.expectedParent ?? ppid
    if (ppid !== 0 && ppid !== expected) this.#refuse(expected, ppid)
    setInterval(() => {
      if (this.#process.ppid !== ppid && !this.#inTeardown) {
        this.#begin('parent death', SIGNALS.SIGTERM)
      }
    }, PARENT_MS).unref()
  }

  /** At once, before the caller can go on: nothing exists yet that would need a teardown. */
  #refuse(expected: number, ppid: number): never {
    writeSync(2, `recipe-ci: Cannot run orphaned: the parent was ${expected}, it is ${ppid} now\n`)
    return this.#process.exit(EXIT.fault)
  }

  #begin(source: string, end: End): void {
    if (this.#inTeardown) {
      this.#note('ignored', source)
      return
    }
    this.#end = end
    this.beginTeardown()
    this.#note('received', source)
    this.#run.abort(end)
  }

  #note(kind: Notice['kind'], signal: string): void {
    if (this.#listener === undefined) this.#untold.push({ kind, signal })
    else this.#listener({ kind, signal })
  }

  /** Loaded only here: what needs no deadline starts faster without it. */
  async #startWatchdog(guard: string, deadlineMs: number, teardownMs: number): Promise<void> {
    const { startWatchdog } = await import('../process/watchdog.js')
    this.#watchdog = startWatchdog({
      guard,
      step: this.#options.step,
      afterMs: deadlineMs + Math.min(Math.ceil(deadlineMs / 10), BACKSTOP_SLACK_MS),
      answerMs: Math.min(deadlineMs, ANSWER_MS),
      teardownMs: patient(teardownMs) + Math.min(teardownMs, LEAVING_SLACK_MS),
    })
    if (this.#inTeardown) this.#watchdog.answer()
  }

  #armTeardown(): void {
    if (this.#teardownMs === undefined) return
    this.#watchdog?.answer()
    setTimeout(() => {
      this.#note('received', 'end of the teardown budget')
      void this.leave(EXIT.fault)
    }, patient(this.#teardownMs)).unref()
  }
}

function patient(teardownMs: number): number {
  return teardownMs + Math.min(teardownMs, TEARDOWN_SLACK_MS)
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
