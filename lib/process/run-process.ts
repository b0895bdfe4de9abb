import type { Emit } from '../domain/events.js'
import type { Guard } from './guard.js'
import { liveChild, type LiveEnd } from './live-child.js'
import type { Ended } from '../domain/ended.js'
import { whyOf } from './outcome.js'
import { MaskedLog, Tail } from './output.js'
import type { ProcessRequest } from './process-request.js'

export type { ProcessRequest }

export type Outcome = {
  readonly argv: readonly string[]
  readonly ended: Ended
  readonly exitCode: number | null
  readonly signal: string | null
  /** Raw, not masked: mask it before it is shown. */
  readonly stdout: string
  readonly stderr: string
  /** How stdout began: the tail may not reach back to it. */
  readonly beginning: string
  /** Something before the kept tail of stdout was dropped. */
  readonly truncated: boolean
  readonly ms: number
  /** One sentence, masked. */
  readonly why: string
}

/** Runs a child to its end. Never throws for a bad child: the outcome says what happened. */
export type RunProcess = (request: ProcessRequest) => Promise<Outcome>

export type RunnerOptions = {
  readonly guard: Guard
  readonly mask: (text: string) => string
  readonly emit?: Emit
}

const MAX_OUTPUT_BYTES = 1024 * 1024

/** Every child in a process group of its own, under the guard: none outlives us, nothing that one started outlives it. */
export function createProcessRunner(options: RunnerOptions): RunProcess {
  return async request => {
    const outcome = await runOne(request, options)
    const { ended, exitCode, ms } = outcome
    const argv = outcome.argv.map(options.mask)
    options.emit?.({ type: 'child.ended', argv, ended, exitCode, ms, log: request.logFile ?? null })
    return outcome
  }
}

const NEVER_STARTED: LiveEnd = { ended: 'cancelled', exitCode: null, signal: null }

async function runOne(
  request: ProcessRequest,
  { guard, mask, emit }: RunnerOptions,
): Promise<Outcome> {
  const startedAt = performance.now()
  const tails = tailsOf(request)
  const log = await MaskedLog.open(request.logFile, mask)
  await log.write(`$ ${request.argv.join(' ')}\n`)
  const end = isAborted(request)
    ? NEVER_STARTED
    : await liveChild({ request, guard, log, ...tails })
  const { ended, exitCode, signal } = end
  const outcome: Outcome = {
    ...{ argv: request.argv, ended, exitCode, signal },
    ...{ stdout: tails.stdout.text(), stderr: tails.stderr.text() },
    beginning: tails.stdout.beginning(),
    truncated: tails.stdout.truncated,
    ms: Math.round(performance.now() - startedAt),
    why: explain(request, end, mask),
  }
  await finishLog(log, request, outcome)
  if (log.failure !== undefined) emit?.({ type: 'run.warned', text: log.failure })
  return outcome
}

/** Masked before it is shortened: half a secret would no longer be known as one. */
function explain(request: ProcessRequest, end: LiveEnd, mask: (text: string) => string): string {
  const { deadlineMs, signal } = request
  const argv = request.argv.map(mask)
  return mask(whyOf({ ...end, argv, deadlineMs, reason: signal?.reason, message: end.message }))
}

function isAborted({ signal }: ProcessRequest): boolean {
  return signal?.aborted === true
}

function tailsOf({ maxOutputBytes = MAX_OUTPUT_BYTES }: ProcessRequest): {
  stdout: Tail
  stderr: Tail
} {
  return { stdout: new Tail(maxOutputBytes), stderr: new Tail(maxOutputBytes) }
}

async function finishLog(
  log: MaskedLog,
  { learn }: ProcessRequest,
  outcome: Outcome,
): Promise<void> {
  if (learn !== undefined) {
    learn(outcome)
    await log.write(outcome.stdout + outcome.stderr)
  }
  await log.write(`# ${outcome.why} (${outcome.ms} ms)\n`)
  await log.close()
}
