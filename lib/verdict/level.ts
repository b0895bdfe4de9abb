import { RUNGS, type Level, type Rung, type Status } from '../domain/tiers.js'

const LEVELS: readonly Level[] = [1, 2, 3, 4, 5]

/** The highest passed rung with only pass or skip below it; 0 when there is none. */
export function levelOf(rungs: Readonly<Record<Rung, { readonly status: Status }>>): Level {
  let level: Level = 0
  for (const [index, rung] of RUNGS.entries()) {
    const { status } = rungs[rung]
    if (status === 'fail' || status === 'unver') break
    if (status === 'pass') level = LEVELS[index] ?? level
  }
  return level
}
