import { fetchStaged } from '../../commands/fetch.js'
import type { HappeningBody } from '../../domain/events.js'
import type { FetchRequest } from '../../domain/request.js'
import type { ExitCode } from '../../errors.js'
import { createGit } from '../../git/git.js'
import { findGuard } from '../../process/guard.js'
import { createProcessRunner } from '../../process/run-process.js'
import type { Host } from '../host.js'
import { printer } from './printer.js'
import { learnSecrets } from './secrets.js'

/** `recipe-ci fetch`: git, under our guard, its warnings on stderr. */
export async function performFetch(request: FetchRequest, host: Host): Promise<ExitCode> {
  const { env, lifetime, stdout, stderr } = host
  const learned = await learnSecrets(request.config, env)
  const { mask, addUrl } = learned.mask
  addUrl(request.src.location)
  host.maskWith(mask)
  const say = printer(stderr, mask)
  for (const text of learned.warnings) say(`recipe-ci: warning: ${text}`)
  const emit = (happening: HappeningBody): void => {
    if (happening.type === 'run.warned') say(`recipe-ci: warning: ${happening.text}`)
  }
  const guard = await findGuard(env, host.installDir)
  const run = createProcessRunner({ guard, mask, emit })
  const git = createGit({ run, env, signal: lifetime.signal })
  return fetchStaged(request, { git, emit, print: printer(stdout, mask) })
}
