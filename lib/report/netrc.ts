import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Env } from '../domain/env.js'

/** A longer file is none that git or curl would read for a login. */
const LONGEST_BYTES = 64 * 1024

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
  return beginningOf(path).catch(() => '')
}

/** Of a FIFO or a device, which a link in a checkout may lead to, nothing is read: it might never end. */
async function beginningOf(path: string): Promise<string> {
  await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
  if (!(await file.stat()).isFile()) return ''
  const { buffer, bytesRead } = await file.read(Buffer.alloc(LONGEST_BYTES))
  return buffer.toString('utf8', 0, bytesRead)
}

function secretsIn(text: string): readonly string[] {
  return [...text.matchAll(/\b(?:login|password|account)\s+(?:"([^"]+)"|(\S+))/g)].map(
    ([, inQuotes, plain]) => inQuotes ?? plain ?? '',
  )
}
