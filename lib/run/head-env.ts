import type { Meta } from '../domain/meta.js'
import type { Base } from './prepared-app.js'

/** What the recipe's settings put into the env file for the head: after an upgrade there is more than at an install. */
export function headEnv(
  { extraEnv, upgradeExtraEnv }: Pick<Meta, 'extraEnv' | 'upgradeExtraEnv'>,
  base: Base | undefined,
): Readonly<Record<string, string>> {
  return base === undefined ? extraEnv : { ...extraEnv, ...upgradeExtraEnv }
}
