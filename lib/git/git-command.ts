import type { Env } from '../domain/env.js'
import { Fault } from '../errors.js'
import { childEnv } from '../process/child-env.js'
import type { Outcome, RunProcess } from '../process/run-process.js'

const LOCAL_DEADLINE_MS = 60_000
const MAX_OUTPUT_BYTES = 32 << 20

// Overrides what the user's or the repository's own configuration may say. A repository below another owner's folder is
// read all the same; nothing in it is ever run.
const SETTINGS = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.autocrlf=false',
  'core.quotePath=false',
  'core.pager=cat',
  'safe.directory=*',
  'protocol.ext.allow=never',
  'advice.detachedHead=false',
  'maintenance.auto=false',
  'credential.interactive=false',
  'http.lowSpeedLimit=1000',
  'http.lowSpeedTime=30',
] as const

/** Transports that git may use; `ext::`, which runs commands, is none of them. */
const PROTOCOLS = 'file:git:http:https:ssh'

/** What serves a repository on this disk to us, whoever owns it; any commit in it may be asked for. */
export const LOCAL_UPLOAD_PACK =
  "git -c safe.directory='*' -c uploadpack.allowAnySHA1InWant=true upload-pack"

/** git did not do what it was asked. */
export class GitFault extends Fault {
  readonly code = 'RCI_GIT'
  readonly hint = 'Read what git said, or run the command by hand'
  readonly outcome: Outcome

  constructor(outcome: Outcome, what: string) {
    super(`Cannot ${what}: ${said(outcome)}`)
    this.outcome = outcome
  }
}

/** The first line by which git says why. What follows it is advice. */
export function said(outcome: Outcome): string {
  if (outcome.ended !== 'exited') return outcome.why
  const lines = outcome.stderr.split('\n').filter(line => line.trim() !== '')
  const fatal = lines.find(line => /^(?:fatal|error|ssh|remote): ./.test(line)) ?? lines.at(-1)
  return fatal?.replace(/^(?:fatal|error): /, '').trim() ?? outcome.why
}

export type GitOptions = {
  readonly run: RunProcess
  readonly env: Env
  readonly signal?: AbortSignal
  /** Every command and its output, masked. */
  readonly logFile?: string
}

export type Asked = {
  readonly dir?: string
  readonly deadlineMs?: number
}

/** Runs git with our settings. Resolves whatever the exit status; rejects only when the run was cancelled. */
export type GitCommand = (args: readonly string[], asked?: Asked) => Promise<Outcome>

export function gitCommand(options: GitOptions): GitCommand {
  const { signal, logFile } = options
  const env = childEnv(options.env, 'git', { GIT_ALLOW_PROTOCOL: PROTOCOLS })
  return async (args, { dir, deadlineMs = LOCAL_DEADLINE_MS } = {}) => {
    const outcome = await options.run({
      argv: [
        'git',
        ...(dir === undefined ? [] : ['-C', dir]),
        ...SETTINGS.flatMap(setting => ['-c', setting]),
        ...args,
      ],
      env,
      deadlineMs,
      maxOutputBytes: MAX_OUTPUT_BYTES,
      ...(signal === undefined ? {} : { signal }),
      ...(logFile === undefined ? {} : { logFile }),
    })
    signal?.throwIfAborted()
    return outcome
  }
}

export function succeeded(outcome: Outcome): boolean {
  return outcome.ended === 'exited' && outcome.exitCode === 0
}
