import type { Animal } from '../animal.js'
import { CUSTOM } from './custom.js'
import { DATA } from './data.js'
import { DEPLOYS } from './deploys.js'
import { HOST } from './host.js'
import { LABELS } from './labels.js'
import { NEEDS } from './needs.js'
import { ODD } from './odd.js'
import { ODD_DATA } from './odd-data.js'
import { ROUNDS } from './rounds.js'
import { SERVING } from './serving.js'

/** Every animal of the zoo, bad ones first. */
export const ANIMALS: readonly Animal[] = [
  ...DEPLOYS,
  ...HOST,
  ...SERVING,
  ...DATA,
  ...LABELS,
  ...CUSTOM,
  ...NEEDS,
  ...ODD,
  ...ODD_DATA,
  ...ROUNDS,
]

/**
 * The animals of these names, all without a name.
 * @throws RangeError for a name that nobody has
 */
export function animalsNamed(names: readonly string[]): readonly Animal[] {
  const unknown = names.filter(name => !ANIMALS.some(animal => animal.name === name))
  if (unknown.length > 0) throw new RangeError(`no animal is called "${unknown.join('", "')}"`)
  return names.length === 0 ? ANIMALS : ANIMALS.filter(({ name }) => names.includes(name))
}
