import type { ClientRequest, IncomingMessage } from 'node:http'
import { EngineFault } from './engine-fault.js'

/** One call to the Engine. */
export type Call = {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE'
  /** Path with query, without a version prefix. */
  readonly path: string
  /** Sent as JSON. */
  readonly body?: unknown
  /** A body that is not JSON: a tar archive. */
  readonly bytes?: Uint8Array | undefined
  /** Aborting it rejects with its reason. */
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal | undefined
  /** Longest wait for the whole answer; of an endless answer, for its headers. */
  readonly deadlineMs: number
  /** The answer has no natural end: the deadline is over once the headers are there. */
  readonly endless?: boolean
}

/** Method and path without its query: what messages show. */
export function nameOf(call: Call): string {
  return `${call.method} ${call.path.split('?')[0] ?? ''}`
}

/** Deadline and the caller's signal as one: whichever comes first destroys the request, or its answer, for that reason. */
export function limitOf(call: Call, request: ClientRequest) {
  let stopped: Error | undefined
  let victim: { destroy(error: Error): unknown } = request
  const stop = (reason: Error) => {
    stopped ??= reason
    victim.destroy(stopped)
  }
  const why = `no answer within ${call.deadlineMs / 1000} s`
  const timer = setTimeout(() => {
    stop(new EngineFault({ path: nameOf(call), status: 0, why }))
  }, call.deadlineMs)
  const cancel = () => {
    stop(call.signal?.reason as Error)
  }
  if (call.signal?.aborted === true) cancel()
  call.signal?.addEventListener('abort', cancel, { once: true })
  const disarmDeadline = () => {
    clearTimeout(timer)
  }
  return {
    reason: () => stopped,
    stops: (response: IncomingMessage) => {
      victim = response
    },
    disarmDeadline,
    disarm: () => {
      disarmDeadline()
      call.signal?.removeEventListener('abort', cancel)
    },
  }
}
