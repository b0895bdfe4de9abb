import type { Happening } from '../domain/events.js'

type Waiting = { readonly for: string; readonly sinceMs: number }

/** What the run is waiting for, and what was last seen of the services. */
export type Waits = {
  readonly take: (happening: Happening) => void
  /** The wait that began last; undefined when there is none. */
  readonly current: () => Waiting | undefined
  /** The last thing that was seen of a service since that wait began. */
  readonly seen: () => string | undefined
}

export function createWaits(now: () => number): Waits {
  const open: Waiting[] = []
  let seen: string | undefined
  const begin = (reason: string) => {
    open.push({ for: reason, sinceMs: now() })
    seen = undefined
  }
  const end = (reason: string) => {
    const index = open.findLastIndex(wait => wait.for === reason)
    if (index >= 0) open.splice(index, 1)
  }
  return {
    take: happening => {
      if (happening.type === 'wait.started') begin(happening.for)
      if (happening.type === 'wait.finished') end(happening.for)
      if (happening.type === 'lock.waiting') begin(`the lock of ${happening.domain}`)
      if (happening.type === 'lock.acquired') end(`the lock of ${happening.domain}`)
      if (happening.type === 'service.observed') seen = `${happening.service}: ${happening.text}`
    },
    current: () => open.at(-1),
    seen: () => seen,
  }
}
