import { waitingFor, type Waiting } from './convergence.js'
import type { History } from './convergence-history.js'
import type { Doom } from './doom.js'
import { findDoom } from './doomed.js'

/** What a history says of a stack at its last look. */
export type Verdict =
  | { readonly kind: 'doomed'; readonly doom: Doom }
  | { readonly kind: 'converged' }
  | { readonly kind: 'waiting'; readonly for: readonly Waiting[] }

/** Doomed comes first: a stack that crashes may look whole at one moment. */
export function decide(history: History): Verdict {
  const doom = findDoom(history)
  if (doom !== undefined) return { kind: 'doomed', doom }
  const waiting = waitingFor(history)
  return waiting.length === 0 ? { kind: 'converged' } : { kind: 'waiting', for: waiting }
}
