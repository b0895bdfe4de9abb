import { TIERS, type Tier } from '../../domain/tiers.js'
import { Malformed } from './malformed.js'
import { guess } from '../../domain/nearest.js'

/** A comma list of stages to tiers in the order of a run; install always runs. */
export function parseStages(text: string): readonly Tier[] {
  const asked = new Set(text.split(',').map(name => stage(name.trim())))
  asked.add('install')
  if (asked.has('restore') && !asked.has('backup')) {
    throw new Malformed(
      'backup along with restore',
      'Add backup to the list: restore needs its snapshot',
    )
  }
  return TIERS.filter(tier => asked.has(tier))
}

function stage(name: string): Tier {
  const known = TIERS.find(tier => tier === name)
  if (known !== undefined) return known
  const meant = guess(name, TIERS)
  throw new Malformed(
    `a comma list of ${TIERS.join(', ')}`,
    meant === undefined ? undefined : `Did you mean "${meant}"?`,
  )
}
