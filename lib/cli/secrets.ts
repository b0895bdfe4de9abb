import { createMask, type Mask } from '../report/mask.js'
import { readSecrets } from '../report/secrets-dir.js'

/** A mask that knows every value of the secrets folder. */
export async function learnSecrets(secretsDir: string): Promise<Mask> {
  const mask = createMask()
  const { values } = await readSecrets(secretsDir)
  for (const value of values) mask.add(value)
  return mask
}
