import type { Env } from '../../../lib/domain/env.js'
import { gather, type Surroundings } from '../../../lib/cli/requests/host-config.js'
import { readRunRequest } from '../../../lib/cli/requests/run-request.js'
import type { RunRequest } from '../../../lib/domain/request.js'
import { Fault } from '../../../lib/errors.js'

const DOMAIN = 'ci.example.org'

export function surroundings(env: Env): Surroundings {
  return { env, cwd: '/somewhere', pid: 4711, home: '/root', installDir: '/opt/recipe-ci' }
}

/** What a run would be asked for with this command line and environment. */
export async function ask(
  line: Readonly<Record<string, unknown>>,
  env: Env = {},
): Promise<RunRequest> {
  const around = surroundings({ CCCI_DOMAIN: DOMAIN, ...env })
  return readRunRequest(await gather({ recipe: 'ghost', ...line }, around), around)
}

/** The fault that a bad request ends in. */
export async function faultOf(asked: Promise<unknown>): Promise<Fault> {
  try {
    await asked
  } catch (error) {
    if (error instanceof Fault) return error
    throw error
  }
  throw new Error('it was taken')
}
