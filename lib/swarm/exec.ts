import type { Duplex, Readable } from 'node:stream'
import type { Call } from './call.js'
import { EngineFault } from './engine-fault.js'
import { createDemultiplexer } from './frames.js'
import type { Transport } from './transport.js'

/** A command to run inside a container. */
export type ExecRequest = {
  readonly cmd: readonly string[]
  /** User, or user:group; default: the container's own. */
  readonly user?: string
  readonly env?: Readonly<Record<string, string>>
  readonly workdir?: string
  readonly stdin?: string | Uint8Array
  /** Longest wait for the command's end; it is left running in the container after that. */
  readonly deadlineMs: number
  /** Kept of each stream, its end. Default 1 MiB. */
  readonly maxBytes?: number
  readonly signal?: AbortSignal
}

/** How a command inside a container ended. */
export type ExecOutcome = {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
  readonly truncated: boolean
}

const CONTROL_MS = 20_000

/**
 * Runs a command in a running container and waits for its end. Throws EngineFault when the Engine cannot start it
 * (409: the container is not running) or the deadline passes; a command that fails is an outcome, not a fault.
 */
export async function execIn(
  transport: Transport,
  containerId: string,
  request: ExecRequest,
): Promise<ExecOutcome> {
  const control = { deadlineMs: CONTROL_MS, signal: request.signal }
  const body = {
    AttachStdin: request.stdin !== undefined,
    AttachStdout: true,
    AttachStderr: true,
    Cmd: request.cmd,
    Env: Object.entries(request.env ?? {}).map(([key, value]) => `${key}=${value}`),
    ...(request.user === undefined ? {} : { User: request.user }),
    ...(request.workdir === undefined ? {} : { WorkingDir: request.workdir }),
  }
  const path = `/containers/${containerId}/exec`
  const created = await jsonOf<{ Id: string }>(transport, {
    method: 'POST',
    path,
    body,
    ...control,
  })
  const output = await startExec(transport, created.Id, request)
  const state = await jsonOf<{ ExitCode: number | null; Running: boolean }>(transport, {
    method: 'GET',
    path: `/exec/${created.Id}/json`,
    ...control,
  })
  if (state.ExitCode === null || state.Running) {
    const why = 'the command closed its output but has not ended'
    throw new EngineFault({ path: `POST ${path}`, status: 0, why })
  }
  return {
    exitCode: state.ExitCode,
    stdout: output.stdout.toString('utf8'),
    stderr: output.stderr.toString('utf8'),
    truncated: output.truncated,
  }
}

async function startExec(transport: Transport, id: string, request: ExecRequest) {
  const demultiplexer = createDemultiplexer(request.maxBytes ?? 1024 * 1024)
  const call: Call = {
    method: 'POST',
    path: `/exec/${id}/start`,
    body: { Detach: false, Tty: false },
    deadlineMs: request.deadlineMs,
    signal: request.signal,
  }
  if (request.stdin === undefined) {
    await drain(await transport.open(call), demultiplexer.push)
  } else {
    const { socket, head } = await transport.hijack(call)
    if (head.length > 0) demultiplexer.push(head)
    await converse(socket, request, demultiplexer.push)
  }
  return demultiplexer.streams()
}

/** Writes the input, closes that half, reads until the other side closes. */
async function converse(socket: Duplex, request: ExecRequest, push: (chunk: Buffer) => void) {
  const stop = new AbortController()
  const why = `no end within ${request.deadlineMs / 1000} s`
  const timer = setTimeout(() => {
    socket.destroy(new EngineFault({ path: 'POST /exec/start', status: 0, why }))
  }, request.deadlineMs)
  const cancel = () => socket.destroy(request.signal?.reason as Error)
  request.signal?.addEventListener('abort', cancel, { once: true, signal: stop.signal })
  try {
    socket.end(request.stdin)
    await drain(socket, push)
  } finally {
    clearTimeout(timer)
    stop.abort()
  }
}

async function drain(stream: Readable, push: (chunk: Buffer) => void): Promise<void> {
  for await (const chunk of stream as AsyncIterable<Buffer>) push(chunk)
}

async function jsonOf<T>(transport: Transport, call: Call): Promise<T> {
  const { body } = await transport.read(call, 1024 * 1024)
  return JSON.parse(body.toString('utf8')) as T
}
