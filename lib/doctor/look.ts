import type { Observation } from '../domain/finding.js'

export function ok(seen: string): Observation {
  return { severity: 'ok', seen, fix: '' }
}

export function warn(seen: string, fix: string): Observation {
  return { severity: 'warn', seen, fix }
}

export function fail(seen: string, fix: string): Observation {
  return { severity: 'fail', seen, fix }
}

/** Thrown by a check that cannot look since something else is wrong, which another check tells. */
export class NotLookedAt extends Error {
  readonly because: string

  /** @param because id of the check that says why */
  constructor(because: string) {
    super(`not looked at: see "${because}"`)
    this.because = because
  }
}

/** The thing itself, or {@link NotLookedAt} when it could not be had. */
export async function needed<Thing>(thing: Promise<Thing>, because: string): Promise<Thing> {
  return thing.catch(() => {
    throw new NotLookedAt(because)
  })
}
