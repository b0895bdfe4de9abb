import type { Env } from '../../domain/env.js'
import type { HostConfig } from '../../domain/request.js'
import { createMask, type Mask } from '../../report/mask.js'
import { netrcSecrets } from '../../report/netrc.js'
import { readSecrets, type SecretsRead } from '../../report/secrets-dir.js'

export type Learned = {
  readonly mask: Mask
  /** What the secrets folder holds, and what of it could not be read. */
  readonly folder: SecretsRead
  /** What a person must know: values that exist and will not be masked. */
  readonly warnings: readonly string[]
}

type Around = Pick<HostConfig, 'secretsDir' | 'upstreamBase' | 'mirrorBase'>

const SHOWN = 3

/** A mask that knows every value of the secrets folder, of a .netrc, and the credentials of the configured addresses. */
export async function learnSecrets(config: Around, env: Env): Promise<Learned> {
  const mask = createMask()
  const folder = await readSecrets(config.secretsDir)
  const { values, unreadable } = folder
  for (const value of [...values, ...netrcSecrets(env)]) mask.add(value)
  for (const url of [config.upstreamBase, config.mirrorBase])
    if (url !== undefined) mask.addUrl(url)
  return { mask, folder, warnings: unreadable.length === 0 ? [] : [warningOf(unreadable)] }
}

function warningOf(unreadable: readonly string[]): string {
  const more = unreadable.length > SHOWN ? ` and ${unreadable.length - SHOWN} more` : ''
  const named = unreadable.slice(0, SHOWN).join(', ')
  return `Cannot read ${named}${more}: values in there are not masked in what this run writes`
}
