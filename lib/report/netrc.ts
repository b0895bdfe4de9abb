import { dirname, join } from 'node:path'
import type { Env } from '../domain/env.js'
import { readBeginning } from '../files/read-beginning.js'

/** A longer file is none that git or curl would read for a login. */
const LONGEST_BYTES = 64 * 1024

/**
 * The logins and passwords of every `.netrc` that this process or its children may read: that of HOME, and those that a
 * Drone runner writes for a private repository into the home of its build (any step can read it, whatever HOME it sets).
 * Some forges take the token as the login. Never throws.
 */
export function netrcSecrets(env: Env): readonly string[] {
  return placesOf(env).map(textAt).flatMap(secretsIn)
}

function placesOf(env: Env): readonly string[] {
  const given = (name: string) => (env[name] === undefined || env[name] === '' ? [] : [env[name]])
  const workspaces = ['DRONE_WORKSPACE', 'DRONE_HOME'].flatMap(given)
  // The runner makes <root>/drone/src beside <root>/home/drone.
  const homes = workspaces.map(workspace => join(dirname(dirname(workspace)), 'home/drone'))
  return [...new Set([...given('HOME'), ...workspaces, ...homes])].map(dir => join(dir, '.netrc'))
}

function textAt(path: string): string {
  try {
    return readBeginning(path, LONGEST_BYTES)
  } catch {
    return ''
  }
}

function secretsIn(text: string): readonly string[] {
  return [...text.matchAll(/\b(?:login|password|account)\s+(?:"([^"]+)"|(\S+))/g)].map(
    ([, inQuotes, plain]) => inQuotes ?? plain ?? '',
  )
}
