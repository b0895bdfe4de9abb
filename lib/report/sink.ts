import type { Happening } from '../domain/events.js'
import type { Results } from '../domain/results.js'

/** One reader of what happens: a file, or what a person sees. */
export type Sink = {
  readonly take: (happening: Happening) => void
  /** Says the last words; without results the run came to no record. */
  readonly close: (results: Results | undefined) => void
}
