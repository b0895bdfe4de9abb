import { readFileSync } from 'node:fs'
import { UsageFault } from '../../errors.js'
import { shown } from './malformed.js'
import type { ConfigFile } from './given.js'

/** Where operators put it when nobody says otherwise. */
const STANDARD_CONFIG = '/etc/recipe-ci/config.yml'

/** What a config file says, and which one it is; undefined: there is none. */
export type ConfigRead = { readonly path: string | undefined; readonly file: ConfigFile }

/**
 * Reads the config file that was named, else the standard one if it is there.
 * @throws UsageFault when it cannot be read, is no YAML map of plain values, or holds an unknown key.
 */
export async function readConfigFile(
  named: string | undefined,
  keys: readonly string[],
): Promise<ConfigRead> {
  const path = named ?? STANDARD_CONFIG
  const text = readText(path, named === undefined)
  if (text === undefined) return { path: undefined, file: new Map() }
  const { parseConfig } = await import('./config-yaml.js')
  return { path, file: parseConfig({ path, text, keys }) }
}

function readText(path: string, mayBeAbsent: boolean): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (mayBeAbsent && (code === 'ENOENT' || code === 'ENOTDIR')) return undefined
    throw new UsageFault(
      `Cannot read the config file ${shown(path)}: ${String(code)}`,
      'Give --config or RECIPE_CI_CONFIG the path of a YAML file that can be read',
    )
  }
}
