import type { HappeningBody } from '../../lib/domain/events.js'
import type { Results } from '../../lib/domain/results.js'
import { finished, type Ending } from '../../lib/results/assemble.js'
import { createNotes, type RunIdentity } from '../../lib/results/notes.js'
import { observe } from '../../lib/results/observe.js'
import { IDENTITY } from './happenings.js'

/** The results that these happenings lead to, without a folder or a clock. */
export function resultsOf(
  happenings: readonly HappeningBody[],
  ending: Partial<Ending> & { readonly identity?: Partial<RunIdentity> } = {},
): Results {
  const notes = createNotes({ ...IDENTITY, ...ending.identity }, () => 1_700_000_000_000)
  for (const happening of happenings) observe(notes, happening)
  const { end, cause, leak = true, nowMs = 1_700_000_060_000 } = ending
  return finished(notes, { end, cause, leak, nowMs }).results
}
