import { setMaxListeners } from 'node:events'

/** A signal that ends by itself. Dispose it when what it limits is over. */
export type TimeLimit = Disposable & {
  readonly signal: AbortSignal
  /** Whether time ran out, and not one of the outer signals. */
  readonly expired: () => boolean
}

/**
 * A signal that is aborted after `ms`, or with one of `outer`. In place of `AbortSignal.any` over `AbortSignal.timeout`:
 * Node 20 holds the timeout weakly there, so the next garbage collection takes it away and the limit never comes (seen
 * with Node 20.20; `tests/unit/lifetime/time-limit.test.ts` shows it). Like `AbortSignal.timeout`, it keeps no process alive.
 */
export function timeLimit(ms: number, ...outer: readonly AbortSignal[]): TimeLimit {
  const inner = new AbortController()
  let expired = false
  const listeners = outer.map(signal => ({
    signal,
    stop: () => {
      inner.abort(signal.reason)
    },
  }))
  const timer = setTimeout(
    () => {
      expired = true
      inner.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'))
    },
    Math.max(1, Math.ceil(ms)),
  ).unref()
  for (const { signal, stop } of listeners) {
    // Node warns of a leak at the eleventh listener of a signal; ours go when the limit is disposed.
    setMaxListeners(0, signal)
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  }
  return {
    signal: inner.signal,
    expired: () => expired,
    [Symbol.dispose]: () => {
      clearTimeout(timer)
      for (const { signal, stop } of listeners) signal.removeEventListener('abort', stop)
    },
  }
}
