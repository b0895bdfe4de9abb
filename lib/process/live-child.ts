import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { execa } from 'execa'
import type { Guard } from './guard.js'
import type { Ended } from '../domain/ended.js'
import { drain, type MaskedLog, type Tail } from './output.js'
import { ProcessGroup } from './process-group.js'
import type { ProcessRequest } from './process-request.js'

export type LiveEnd = {
  readonly ended: Ended
  readonly exitCode: number | null
  readonly signal: string | null
  /** Why it could not be started. */
  readonly message?: string
}

type LiveOptions = {
  readonly request: ProcessRequest
  readonly guard: Guard
  readonly stdout: Tail
  readonly stderr: Tail
  readonly log: MaskedLog
}

const GRACE_MS = 2_000
/** How long streams may stay open after the child's end before we stop reading them. */
const STREAMS_MS = 1_000

/** Starts the child under the guard and resolves when it is over, by itself or by us. Never rejects. */
export async function liveChild(options: LiveOptions): Promise<LiveEnd> {
  const { request, guard } = options
  const child = spawn(request, guard)
  const { pid } = child
  if (pid === undefined) return notStarted(messageOf(await child))
  const exited = once(child, 'exit') as Promise<[number | null, string | null]>
  const graceMs = request.graceMs ?? GRACE_MS
  const group = new ProcessGroup({ pid, exited, kind: guard.kind, graceMs })
  request.begun?.()
  const disarm = armEnds(request, group)
  const reading = readStreams(child, options)
  const end = await Promise.race([exited, group.gaveUp])
  disarm()
  group.killRest()
  const giveUpReading = setTimeout(() => {
    child.stdout.destroy()
    child.stderr.destroy()
  }, STREAMS_MS)
  await reading
  clearTimeout(giveUpReading)
  return endOf(end ?? [null, null], group, options.stderr)
}

function spawn({ argv, cwd = '/', env, stdin, terminal, inheritFd }: ProcessRequest, guard: Guard) {
  const [file, ...args] = guard.wrap(argv, {
    parent: process.pid,
    terminal: terminal === true,
    fd3: inheritFd !== undefined,
  })
  return execa(file, args, {
    cwd,
    env,
    // What "ps" shows.
    ...(guard.path === undefined ? {} : { argv0: guard.path }),
    extendEnv: false,
    detached: true,
    cleanup: false,
    buffer: false,
    reject: false,
    encoding: 'buffer',
    stdio: [
      stdin === undefined ? 'ignore' : 'pipe',
      'pipe',
      'pipe',
      // execa's types know descriptors up to 9; any number works.
      ...(inheritFd === undefined ? [] : [inheritFd as 9]),
    ],
    ...(stdin === undefined ? {} : { input: stdin }),
  })
}

/** The deadline and the caller's signal both lead to the ladder; whichever comes first is the reason. */
function armEnds({ deadlineMs, signal }: ProcessRequest, group: ProcessGroup): () => void {
  const onDeadline = setTimeout(() => void group.end('deadline'), deadlineMs)
  const onAbort = () => void group.end('cancelled')
  signal?.addEventListener('abort', onAbort, { once: true })
  if (signal?.aborted === true) onAbort()
  return () => {
    clearTimeout(onDeadline)
    signal?.removeEventListener('abort', onAbort)
  }
}

async function readStreams(
  child: { readonly stdout: Readable; readonly stderr: Readable },
  { request, stdout, stderr, log }: LiveOptions,
): Promise<void> {
  const live = request.learn === undefined ? log : undefined
  await Promise.all([drain(child.stdout, stdout, live), drain(child.stderr, stderr, live)])
}

function endOf(
  [exitCode, signal]: [number | null, string | null],
  { reason }: ProcessGroup,
  stderr: Tail,
): LiveEnd {
  if (reason !== undefined) return { ended: reason, exitCode, signal }
  if (signal !== null) return { ended: 'signalled', exitCode, signal }
  const refusal = exitCode === 1 ? GUARD_SAID.exec(stderr.text())?.[1] : undefined
  return refusal === undefined ? { ended: 'exited', exitCode, signal } : notStarted(refusal)
}

/** The guard ends with 1 and this line when it could not start the child. */
const GUARD_SAID = /^recipe-ci-guard: (.+)\n$/

function notStarted(message: string): LiveEnd {
  return { ended: 'not-started', exitCode: null, signal: null, message }
}

function messageOf(result: { readonly originalMessage?: string | undefined }): string {
  return result.originalMessage ?? 'the system refused'
}
