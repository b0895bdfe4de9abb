import type { CallOptions, Engine } from './engine.js'

/** What a container, running or dead, tells about its end. */
export type Postmortem = {
  readonly exitCode: number
  readonly oom: boolean
  readonly unhealthy: boolean
  /** What its last health checks printed, newest last. */
  readonly healthOutputs: readonly string[]
}

type RawInspect = {
  Config?: { Healthcheck?: { Retries?: number } | null }
  State?: {
    ExitCode?: number
    OOMKilled?: boolean
    Health?: {
      Status?: string
      FailingStreak?: number
      Log?: { ExitCode?: number; Output?: string }[] | null
    }
  }
}

/** The Engine's own, where a health check says 0 or nothing. */
const DEFAULT_RETRIES = 3

/**
 * The status "unhealthy" proves nothing: the Engine gives it to every container with a health check that ends. Only a
 * streak of failed checks does. Throws EngineFault: 404 when the container is gone or on another node.
 */
export async function inspectContainer(
  engine: Engine,
  id: string,
  options?: CallOptions,
): Promise<Postmortem> {
  const { State: state = {}, Config: config } = await engine.get<RawInspect>(
    `/containers/${id}/json`,
    options,
  )
  const health = state.Health ?? {}
  return {
    exitCode: state.ExitCode ?? 0,
    oom: state.OOMKilled === true,
    unhealthy: (health.FailingStreak ?? 0) >= retriesOf(config?.Healthcheck?.Retries),
    healthOutputs: (health.Log ?? [])
      .filter(probe => probe.ExitCode !== 0)
      .map(probe => (probe.Output ?? '').trim())
      .filter(output => output !== ''),
  }
}

function retriesOf(retries: number | undefined): number {
  return retries === undefined || retries === 0 ? DEFAULT_RETRIES : retries
}
