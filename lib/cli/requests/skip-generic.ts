import type { Env } from '../../domain/env.js'
import { TIERS, type Tier } from '../../domain/tiers.js'
import { UsageFault } from '../../errors.js'
import { parseBoolean } from '../line/parsers.js'
import { understand } from '../line/read-option.js'

const ALL = 'CCCI_SKIP_GENERIC'
const ONE = `${ALL}_`

/** The tiers whose generic assertions a developer switched off. @throws UsageFault for an unknown tier or no boolean. */
export function readSkipGeneric(env: Env): readonly Tier[] {
  refuseUnknown(env)
  const all = isOn(env, ALL)
  return TIERS.filter(tier => all || isOn(env, ONE + tier.toUpperCase()))
}

function refuseUnknown(env: Env): void {
  const known = TIERS.map(tier => ONE + tier.toUpperCase())
  const given = Object.keys(env).filter(name => name.startsWith(ONE) && (env[name] ?? '') !== '')
  const unknown = given.find(name => !known.includes(name))
  if (unknown === undefined) return
  throw new UsageFault(
    `Cannot use ${unknown}: expected one of ${known.join(', ')}`,
    `Unset ${unknown}`,
  )
}

function isOn(env: Env, name: string): boolean {
  const text = env[name]
  if (text === undefined || text === '') return false
  return understand({ text, place: name, baseDir: '/' }, { parse: parseBoolean })
}
