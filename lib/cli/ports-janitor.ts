import { janitor } from '../commands/janitor.js'
import type { HappeningBody } from '../domain/events.js'
import type { JanitorRequest } from '../domain/request.js'
import type { ExitCode } from '../errors.js'
import { engineWorld } from '../janitor/engine-world.js'
import { REAP_MS } from '../janitor/sweep.js'
import { connectEngine } from '../swarm/engine.js'
import type { Host } from './host.js'
import { printer } from './printer.js'

/** `recipe-ci janitor`: Docker and the lock folder, no abra; warnings go to stderr. */
export async function performJanitor(request: JanitorRequest, host: Host): Promise<ExitCode> {
  const { env, lifetime, pid, stdout, stderr } = host
  const { config } = request
  lifetime.arm(config.deadlineMs, config.teardownMs)
  const plain = (text: string): string => text
  const say = printer(stderr, plain)
  const emit = (happening: HappeningBody): void => {
    if (happening.type === 'run.warned') say(`recipe-ci: warning: ${happening.text}`)
    if (happening.type === 'janitor.stuck')
      say(`recipe-ci: cannot remove ${happening.domain}: ${happening.error}`)
  }
  const engine = await connectEngine(env)
  try {
    return await janitor(request, {
      emit,
      pid,
      world: engineWorld({
        engine,
        abraDir: config.abraDir,
        suffix: config.domain,
        limitMs: REAP_MS,
        emit,
      }),
      stdout: text => {
        stdout.write(text)
      },
      now: () => new Date(),
      signal: lifetime.signal,
    })
  } finally {
    engine.close()
  }
}
