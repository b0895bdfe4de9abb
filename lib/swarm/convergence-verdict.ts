import { waitingFor, type Waiting } from './convergence.js'
import type { History } from './convergence-history.js'
import type { Doom } from './doom.js'
import { findDoom } from './doomed.js'
import { runsNow, type Recovery } from './doomed-recovered.js'

/** What a history says of a stack at its last look. */
export type Verdict =
  | { readonly kind: 'doomed'; readonly doom: Doom }
  | { readonly kind: 'converged' }
  | { readonly kind: 'waiting'; readonly for: readonly Waiting[] }

/** Doomed comes first: a stack of which a part crashes may look whole at one moment. */
export function decide(history: History, recovered: Recovery = runsNow): Verdict {
  const doom = findDoom(history, recovered)
  if (doom !== undefined) return { kind: 'doomed', doom }
  const waiting = waitingFor(history)
  return waiting.length === 0 ? { kind: 'converged' } : { kind: 'waiting', for: waiting }
}
