import type { CauseClass } from '../domain/cause.js'
import type { ServiceFacts } from '../domain/stack-facts.js'
import type { Life } from './convergence-history.js'
import { detailOf } from './doomed-lives.js'

/** Why a deploy will not converge, before it is put in words. */
export type Doom = {
  readonly class: CauseClass
  readonly service: ServiceFacts
  /** The attempt that proves it. */
  readonly life: Life | undefined
  /** How often it was seen. */
  readonly times: number
  /** What was seen, in the Engine's words where there are any. */
  readonly detail: string
  /** When the first and the last sign that it rests on were seen, on the clock of the watch. */
  readonly firstMs: number
  readonly lastMs: number
  /** Swarm will not try again. */
  readonly final?: boolean
}

/** The doom that these attempts prove, oldest first. */
export function doomOf(as: CauseClass, service: ServiceFacts, lives: readonly Life[]): Doom {
  const life = lives.at(-1)
  const signs = lives.map(each => each.troubledMs ?? each.stateSinceMs)
  return {
    class: as,
    service,
    life,
    times: lives.length,
    detail: life === undefined ? '' : detailOf(life),
    firstMs: signs[0] ?? 0,
    lastMs: signs.at(-1) ?? 0,
  }
}
