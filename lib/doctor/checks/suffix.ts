import type { Observation } from '../../domain/finding.js'
import { envFileDomains } from '../../swarm/env-files.js'
import { domainsOf, inventory } from '../../swarm/suspects.js'
import { parseAppDomain } from '../../domain/names.js'
import type { Bench } from '../bench.js'
import type { Check } from '../examine.js'
import { needed, NotLookedAt, ok, warn } from '../look.js'

const SHOWN = 5
/** CI's own lasting apps: canonicals. */
const OWN = 'warm-'

/** Whether the suffix is CI's alone: what runs produce and what others made must never be mistaken for each other. */
export const SUFFIX_CHECKS: readonly Check<Bench>[] = [
  {
    id: 'suffix',
    about: 'no app, stack or env file below the suffix has a name that runs do not make',
    deadlineMs: 20_000,
    look: lookAtSuffix,
  },
]

async function lookAtSuffix(
  { engine, config, domain: suffix }: Bench,
  signal: AbortSignal,
): Promise<Observation> {
  if (suffix === undefined) throw new NotLookedAt('domain')
  const [listed, envDomains] = await Promise.all([
    needed(engine(), 'engine').then(reached => inventory(reached, { signal })),
    envFileDomains(config.abraDir),
  ])
  const below = envDomains.filter(name => name === suffix || name.endsWith(`.${suffix}`))
  const foreign = new Set([
    ...[...domainsOf(listed, suffix).others].filter(name => isDomain(name)),
    ...below.filter(name => parseAppDomain(name, suffix) === undefined),
  ])
  const names = [...foreign].filter(name => !name.startsWith(OWN)).sort()
  if (names.length === 0) return ok(`only run apps below ${suffix}`)
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : ''
  return warn(
    `not made by runs, below ${suffix}: ${names.slice(0, SHOWN).join(', ')}${more}`,
    'Move them to another suffix, or give CI one of its own: a name like "abcd-123456" would be removed as an orphan',
  )
}

/** A name that begins with a stack and an underscore may be anything; a domain's labels are what they are. */
function isDomain(name: string): boolean {
  return /^[a-z0-9][a-z0-9.-]*$/.test(name)
}
