import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Env } from '../domain/env.js'

/** A longer file is none that git or curl would read for a login. */
const LONGEST_CHARS = 64 * 1024

/**
 * The logins and passwords of every `.netrc` that this process or its children may read: that of HOME, and those that a
 * Drone runner writes for a private repository into the home of its build (any step can read it, whatever HOME it sets).
 * Some forges take the token as the login. Never throws.
 */
export async function netrcSecrets(env: Env): Promise<readonly string[]> {
  const texts = await Promise.all(placesOf(env).map(textAt))
  return texts.flatMap(secretsIn)
}

function placesOf(env: Env): readonly string[] {
  const given = (name: string) => (env[name] === undefined || env[name] === '' ? [] : [env[name]])
  const workspaces = ['DRONE_WORKSPACE', 'DRONE_HOME'].flatMap(given)
  // The runner makes <root>/drone/src beside <root>/home/drone.
  const homes = workspaces.map(workspace => join(dirname(dirname(workspace)), 'home/drone'))
  return [...new Set([...given('HOME'), ...workspaces, ...homes])].map(dir => join(dir, '.netrc'))
}

async function textAt(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch(() => '')
  return text.slice(0, LONGEST_CHARS)
}

function secretsIn(text: string): readonly string[] {
  return [...text.matchAll(/\b(?:login|password|account)\s+(?:"([^"]+)"|(\S+))/g)].map(
    ([, inQuotes, plain]) => inQuotes ?? plain ?? '',
  )
}
