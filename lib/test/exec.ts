import type { Env } from '../domain/env.js'
import { connectEngine } from '../swarm/engine.js'
import { runningContainer } from '../swarm/running-container.js'
import type { Context } from './context.js'

/** How a command in a container ended. */
export type Ended = {
  readonly exitCode: number
  /** The last MiB of it. */
  readonly stdout: string
  readonly stderr: string
}

const PATIENCE_MS = 300_000

export type Command = {
  /** Its short name. */
  readonly service: string
  /** A line for the container's sh, or a program and its words as they are. */
  readonly cmd: string | readonly string[]
}

/**
 * Runs a command in a running container of a service of the app.
 * @throws Error when the app has no such service, none of its containers runs, or the engine cannot start the command.
 */
export async function execIn(
  { stack, services }: Context,
  { service, cmd }: Command,
  env: Env,
): Promise<Ended> {
  if (!services.includes(service)) {
    throw new Error(
      `Cannot run a command in "${service}": the services of the app are ${services.join(', ')}`,
    )
  }
  const engine = await connectEngine(env)
  const container = await runningContainer(engine, stack, service)
  if (container === undefined) {
    throw new Error(`Cannot run a command in "${service}": no container of it runs`)
  }
  const { exitCode, stdout, stderr } = await engine.exec(container, {
    cmd: typeof cmd === 'string' ? ['sh', '-c', cmd] : cmd,
    deadlineMs: PATIENCE_MS,
  })
  return { exitCode, stdout, stderr }
}
